BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    foreach ($name in 'eu', 'us', "O'Brien two") { Connect-Brightpearl mycompany euw1 -AppReference app -StaffToken (ConvertTo-Secure secret) -NoSave -Name $name }
    function Complete([string] $Line) { (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText }
}

Describe 'Names of resources' {
    It 'complete after <_>' -ForEach @(
        'Find-BrightpearlRecord -Resource cont', 'Find-BrightpearlRecord cont', 'Get-BrightpearlRecord -Resource cont', 'Get-BrightpearlResource cont'
        'Invoke-BrightpearlExport -Resource cont', 'Invoke-BrightpearlExport order, cont', 'Get-JunipeerRun ./x.db cont', 'Get-JunipeerReject ./x.db -Resource cont'
        'Get-JunipeerBookmark ./x.db -Resource cont', 'Set-JunipeerBookmark ./x.db -Resource cont', 'Test-JunipeerFreshness ./x.db 1d -Resource cont'
    ) { Complete $_ | Should -Contain contact }

    It 'complete inside quotes' {
        Complete "Find-BrightpearlRecord 'cont" | Should -Contain "'contact'"
        Complete 'Find-BrightpearlRecord "cont' | Should -Contain '"contact"'
    }
    It 'complete from the middle when nothing begins so' { Complete 'Get-BrightpearlRecord availab' | Should -Contain product-availability }
    It 'offer Standard to the export only' {
        Complete 'Invoke-BrightpearlExport Sta' | Should -Contain Standard
        Complete 'Get-BrightpearlRecord Stan' | Should -Not -Contain Standard
    }
    It 'offer to a search what can be searched' { Complete 'Find-BrightpearlRecord product-p' | Should -Not -Contain product-price }
}

Describe 'Columns' {
    It 'are those of the resource typed' {
        Complete 'Find-BrightpearlRecord order -Column order' | Should -Contain orderId
        Complete 'Find-BrightpearlRecord -Resource contact -Column orderId, primary' | Should -Contain primaryEmail
        Complete 'Find-BrightpearlRecord -Column orde' | Should -Not -Contain orderId
    }
    It 'can be sorted both ways' { Complete 'Find-BrightpearlRecord order -Sort orderId' | Should -Contain orderId.DESC }
    It 'that hold personal data can be left out' { Complete 'Invoke-BrightpearlExport order -ExcludeField Per' | Should -Contain Personal }
}

Describe 'Connections and data centres' {
    It 'complete by name' {
        Complete 'Find-BrightpearlRecord order -Connection ' | Should -Be 'eu', 'us', "'O''Brien two'"
        Complete 'Disconnect-Junipeer e' | Should -Be eu
        Complete 'Connect-Brightpearl mycompany -DataCenter ' | Should -Be 'euw1', 'use1'
    }
    It 'stay silent when there are none' {
        Disconnect-Junipeer
        $Error.Clear()
        (TabExpansion2 'Disconnect-Junipeer zz' -cursorColumn 22).CompletionMatches | Where-Object ResultType -eq ParameterValue | Should -BeNullOrEmpty
        $Error.Count | Should -Be 0
    }
}
