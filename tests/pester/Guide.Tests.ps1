BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $commands = Get-JunipeerGuide | ForEach-Object { $_.Steps.Commands } | Sort-Object Text -Unique | ForEach-Object { @{ Text = $_.Text } }
    $fields = (Get-JunipeerGuide -Pair Brightpearl, Norce | Where-Object System -eq Brightpearl).Fields | ForEach-Object { @{ Name = $_.Name; Parameter = $_.Parameter; Default = $_.Default } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $module = Get-Module Junipeer
    function Complete([string] $Line) { (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText }
}

Describe 'Commands of the guides' {
    It 'are there' { @(Get-JunipeerGuide -Pair BigQuery, Brightpearl | ForEach-Object { $_.Steps.Commands }).Count | Should -BeGreaterThan 8 }

    It '<Text>: parses, and its parameters exist' -ForEach $commands {
        $errors = $null
        $tree = [Management.Automation.Language.Parser]::ParseInput($Text, [ref] $null, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        foreach ($call in $tree.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
            $name = $call.GetCommandName()
            if ($name -like 'Get-Automation*') { continue } # given by the platform
            $command = Get-Command $name -ErrorAction Stop
            if ($name -match '-(Junipeer|Brightpearl|Norce|BigQuery)') { $module.ExportedCmdlets.Keys | Should -Contain $name }
            foreach ($part in $call.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] }) {
                $command.Parameters.Keys | Should -Contain $part.ParameterName
            }
        }
    }

    It 'that cannot be run yet are in no view and in no Markdown' {
        $later = (Get-JunipeerGuide).Steps.Planned.Text | Where-Object { $_ } | Sort-Object -Unique
        $shown = (Get-JunipeerGuide | Out-String -Width 400) + (Get-JunipeerGuide | Format-Table | Out-String -Width 400) + ((Get-JunipeerGuide).Steps | Format-Table | Out-String -Width 400) + (Get-JunipeerGuide -AsMarkdown)
        foreach ($command in $later | Where-Object { $_ -match '-(Norce|BigQuery)' }) { $shown.Contains($command) | Should -BeFalse -Because $command }
        if ($later) { $shown | Should -BeLike '*comes with a later version*' } else { $shown | Should -Not -BeLike '*comes with a later version*' }
    }
}

Describe 'Fields others ask for' {
    It '<Name> has the parameter <Parameter>, with its default' -ForEach $fields {
        (Get-Command Connect-Brightpearl).Parameters.Keys | Should -Contain $Parameter
        $value = [Activator]::CreateInstance((Get-Command Connect-Brightpearl).ImplementingType).$Parameter
        if ($Parameter -ne 'ClientType') { "$value" | Should -Be "$Default" }
    }
}

Describe 'Get-JunipeerGuide' {
    It 'takes a pair in any order' {
        (Get-JunipeerGuide Brightpearl, BigQuery).System | Should -Be BigQuery, Brightpearl, Both
        (Get-JunipeerGuide -Pair norce, brightpearl).System | Should -Be Brightpearl, Norce, Both
        (Get-JunipeerGuide).Count | Should -Be 6
    }
    It 'reads like a page' {
        $page = Get-JunipeerGuide Brightpearl, Norce | Out-String -Width 200
        $page | Should -BeLike '*Brightpearl + Norce: Brightpearl*Authentication:*10-15 minutes*1. Confirm the account context*6. Verify the connection*Test-JunipeerConnection -Connection mycompany*'
    }
    It 'writes Markdown, one text per pair' {
        $texts = @(Get-JunipeerGuide -AsMarkdown)
        $texts.Count | Should -Be 2
        foreach ($part in '# BigQuery + Brightpearl', '## Brightpearl', '```powershell', 'Test-JunipeerConnection', '| data center | yes | `-DataCenter` |') { $texts[0].Contains($part) | Should -BeTrue -Because $part }
    }
    It 'refuses a pair without a guide, and names those there are' {
        $fault = Get-Fault { Get-JunipeerGuide BigQuery, Norce }
        $fault.FullyQualifiedErrorId | Should -BeLike 'Junipeer.Guide.UnknownPair,*'
        $fault.CategoryInfo.Category | Should -Be InvalidArgument
        $fault.ErrorDetails.RecommendedAction | Should -BeLike '*BigQuery, Brightpearl*Brightpearl, Norce*'
    }
    It 'completes what goes together' {
        Complete 'Get-JunipeerGuide -Pair ' | Should -Be BigQuery, Brightpearl, Norce
        Complete 'Get-JunipeerGuide -Pair BigQuery, ' | Should -Be Brightpearl
        Complete 'Get-JunipeerGuide Brightpearl, N' | Should -Be Norce
    }
}
