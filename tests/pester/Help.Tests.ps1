BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $cmdlets = (Get-Command -Module Junipeer).Name
    $topics = (Get-ChildItem "$PSScriptRoot/../../docs/en-US/about_*.md").BaseName
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $manifest = Import-PowerShellDataFile "$PSScriptRoot/../../Junipeer.psd1"
}

Describe 'The module' {
    It 'exports what its manifest lists, and nothing else' {
        (Get-Command -Module Junipeer).Name | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        Test-ModuleManifest "$PSScriptRoot/../../Junipeer.psd1" | Should -Not -BeNullOrEmpty
    }
    It 'imports without a word' { Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force 3>&1 2>&1 | Should -BeNullOrEmpty }
}

Describe 'Help of <_>' -ForEach $cmdlets {
    It 'has a synopsis, a description and three examples' {
        $help = Get-Help $_ -Full
        $help.Synopsis.Trim() | Should -Match '\.$'
        $help.Description.Text | Should -Not -BeNullOrEmpty
        @($help.Examples.Example).Count | Should -BeGreaterOrEqual 3
    }
    It 'has examples that parse' {
        foreach ($example in (Get-Help $_ -Examples).Examples.Example) {
            $errors = $null
            $null = [Management.Automation.Language.Parser]::ParseInput($example.Code, [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty -Because $example.Code
        }
    }
    It 'uses parameters that exist in its examples' {
        foreach ($example in (Get-Help $_ -Examples).Examples.Example) {
            $tree = [Management.Automation.Language.Parser]::ParseInput($example.Code, [ref] $null, [ref] $null)
            foreach ($call in $tree.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
                $command = Get-Command $call.GetCommandName() -Module Junipeer -ErrorAction Ignore
                if (-not $command) { continue }
                $call.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] } | ForEach-Object { $command.Parameters.Keys | Should -Contain $_.ParameterName }
            }
        }
    }
}

Describe 'Topic <_>' -ForEach $topics {
    It 'is shown by Get-Help' { Get-Help $_ | Out-String | Should -BeLike "*$_*SHORT DESCRIPTION*" }
}
