BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $module = (Resolve-Path "$PSScriptRoot/../../Junipeer.psd1").Path
    $helper = (Resolve-Path "$PSScriptRoot/Sandbox.psm1").Path
    $sandbox = Start-Sandbox
    $connection = Connect-Sandbox $sandbox @{ PassThru = $true; Name = 'outer' }
}

AfterAll { Stop-Sandbox $sandbox }

Describe 'Runspaces' {
    It 'have connections of their own' {
        $shells = foreach ($name in 'one', 'two') {
            $shell = [powershell]::Create()
            $null = $shell.AddScript("Import-Module '$helper', '$module'").AddStatement().AddCommand('Connect-Sandbox').AddParameters(@{ Sandbox = $sandbox; With = @{ Name = $name } }).Invoke()
            $shell
        }
        foreach ($shell in $shells) { $shell.Commands.Clear() }
        $shells[0].AddScript('(Get-JunipeerConnection).Name').Invoke() | Should -Be one
        $shells[1].AddScript('(Get-JunipeerConnection).Name').Invoke() | Should -Be two
        $shells[0].Commands.Clear()
        $null = $shells[0].AddScript('Disconnect-Junipeer').Invoke()
        $shells[1].Commands.Clear()
        $shells[1].AddScript('Find-BrightpearlRecord order -CountOnly').Invoke() | Should -Be 300
        (Get-JunipeerConnection).Name | Should -Be outer
        $shells | ForEach-Object Dispose
    }

    It 'end their connections when they close' {
        $shell = [powershell]::Create([Management.Automation.RunspaceMode]::NewRunspace)
        $inner = $shell.AddScript("Import-Module '$helper', '$module'").AddStatement().AddCommand('Connect-Sandbox').AddParameters(@{ Sandbox = $sandbox; With = @{ Name = 'inner'; PassThru = $true } }).Invoke()[0]
        Find-BrightpearlRecord order -CountOnly -Connection $inner | Should -Be 300
        $shell.Dispose()
        (Get-Fault { Find-BrightpearlRecord order -CountOnly -Connection $inner }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Connection.Disconnected,*'
    }

    It 'take a connection that is passed in' {
        $counts = 1..4 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:module
            Find-BrightpearlRecord order -CountOnly -Connection $using:connection
        }
        $counts | Should -Be 300, 300, 300, 300
    }

    It 'say what to do when none was passed in' {
        $fault = 1 | ForEach-Object -Parallel {
            Import-Module $using:module
            try { Find-BrightpearlRecord order -CountOnly } catch { $_ }
        }
        $fault.FullyQualifiedErrorId | Should -BeLike 'Junipeer.Connection.NotConnected,*'
        $fault.ErrorDetails.RecommendedAction | Should -BeLike '*$using:connection*'
    }
}

Describe 'Pipelines' {
    It 'run several of our cmdlets at once' {
        (Find-BrightpearlRecord order | Get-BrightpearlRecord order | ForEach-Object { Get-BrightpearlRecord order $_.id } | Select-Object -First 30).Count | Should -Be 30
    }
    It 'end quietly when what follows fails' {
        { Find-BrightpearlRecord order | ForEach-Object { throw 'enough' } } | Should -Throw 'enough'
        Find-BrightpearlRecord order -CountOnly | Should -Be 300
    }
    It 'hold back reading while what follows is slow' {
        $before = (Invoke-Admin $sandbox counters).total
        $null = Find-BrightpearlRecord order -First 3 | ForEach-Object { Start-Sleep -Milliseconds 100; $_ }
        (Invoke-Admin $sandbox counters).total - $before | Should -BeLessOrEqual 2
    }
    It 'obey -ErrorAction Stop' {
        $fault = Get-Fault { Get-BrightpearlRecord order 5, 6 -ErrorAction Stop }
        $fault.FullyQualifiedErrorId | Should -BeLike 'Junipeer.Record.NotFound,*'
    }
    It 'survive the module being removed and imported again' {
        Remove-Module Junipeer
        Import-Module $module
        Find-BrightpearlRecord order -CountOnly | Should -Be 300
    }
}
