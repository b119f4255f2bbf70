BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    Import-Module "$PSScriptRoot/../../Junipeer.psd1" -Force
    $sandbox = Start-Sandbox
}

AfterAll { Stop-Sandbox $sandbox }

Describe 'Connect-Brightpearl' {
    AfterEach { Disconnect-Junipeer }

    It 'is silent, sends nothing, and makes a default' {
        $before = Get-RequestCount $sandbox
        Connect-Sandbox $sandbox | Should -BeNullOrEmpty
        Get-RequestCount $sandbox | Should -Be $before
        $connection = Get-JunipeerConnection
        $connection.Name | Should -Be $sandbox.account
        $connection.IsDefault | Should -BeTrue
        $connection.Authentication | Should -Be StaffToken
    }

    It 'writes the connection with -PassThru' {
        $connection = Connect-Sandbox $sandbox @{ PassThru = $true; Name = 'mine' }
        $connection | Should -BeOfType Junipeer.Connections.BrightpearlConnection
        $connection.Name | Should -Be mine
    }

    It 'takes an account token' {
        Connect-Brightpearl $sandbox.account -BaseUri $sandbox.baseUri -AppReference $sandbox.appReference -AccountToken (ConvertTo-Secure $sandbox.accountToken) -NoSave
        Test-JunipeerConnection -Quiet | Should -BeTrue
    }

    It 'finds the address of a data centre' {
        $connection = Connect-Brightpearl mycompany EUW1 -AppReference app -StaffToken (ConvertTo-Secure secret) -NoSave -PassThru
        $connection.BaseUri | Should -Be 'https://euw1.brightpearlconnect.com/'
    }

    It 'takes the connection made last as the default' {
        Connect-Sandbox $sandbox @{ Name = 'first' }
        Connect-Sandbox $sandbox @{ Name = 'second' }
        (Get-JunipeerConnection | Where-Object IsDefault).Name | Should -Be second
        (Get-JunipeerConnection).Count | Should -Be 2
    }

    It 'replaces a connection of the same name' {
        $old = Connect-Sandbox $sandbox @{ PassThru = $true }
        Connect-Sandbox $sandbox
        @(Get-JunipeerConnection).Count | Should -Be 1
        (Get-Fault { Find-BrightpearlRecord order -CountOnly -Connection $old }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Connection.Disconnected,*'
    }

    It 'refuses <What> as <Id>' -ForEach @(
        @{ What = 'an empty token'; Id = 'Junipeer.Authentication.SecretMissing'; With = @{ StaffToken = [securestring]::new() } }
        @{ What = 'a blank token'; Id = 'Junipeer.Authentication.SecretMissing'; With = @{ Blank = '  ' } }
        @{ What = 'a token with odd characters'; Id = 'Junipeer.Authentication.BadSecret'; With = @{ Blank = "abc$([char]0x201c)def" } }
        @{ What = 'an account with a dot'; Id = 'Junipeer.Connection.BadAccount'; With = @{ Account = 'my.company' } }
        @{ What = 'an empty account'; Id = 'Junipeer.Connection.BadAccount'; With = @{ Account = '' } }
        @{ What = 'an account with a line break'; Id = 'Junipeer.Connection.BadAccount'; With = @{ Account = "mycompany`n" } }
        @{ What = 'an empty app reference'; Id = 'Junipeer.Connection.BadAppReference'; With = @{ AppReference = '' } }
        @{ What = 'a name with a wildcard'; Id = 'Junipeer.Connection.BadName'; With = @{ Name = 'my*' } }
        @{ What = 'http to another machine'; Id = 'Junipeer.Connection.InsecureAddress'; With = @{ BaseUri = 'http://euw1.brightpearlconnect.com' } }
        @{ What = 'an address with a path'; Id = 'Junipeer.Connection.BadAddress'; With = @{ BaseUri = 'https://euw1.brightpearlconnect.com/public-api' } }
        @{ What = 'an address with a query'; Id = 'Junipeer.Connection.BadAddress'; With = @{ BaseUri = 'https://euw1.brightpearlconnect.com?x=1' } }
        @{ What = 'an address with a user'; Id = 'Junipeer.Connection.BadAddress'; With = @{ BaseUri = 'https://me:hidden@euw1.brightpearlconnect.com' } }
        @{ What = 'an address without a scheme'; Id = 'Junipeer.Connection.BadAddress'; With = @{ BaseUri = 'euw1.brightpearlconnect.com' } }
        @{ What = 'a data centre and an address'; Id = 'Junipeer.Connection.BadAddress'; With = @{ DataCenter = 'euw1' } }
    ) {
        if ($With.Blank) { $With = @{ StaffToken = ConvertTo-Secure $With.Blank } }
        $fault = Get-Fault { Connect-Sandbox $sandbox $With }
        $fault.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $fault.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$fault" | Should -Not -BeLike '*hidden*'
        Get-JunipeerConnection | Should -BeNullOrEmpty
    }

    It 'asks for a data centre or an address' {
        (Get-Fault { Connect-Brightpearl mycompany -AppReference app -StaffToken (ConvertTo-Secure secret) -NoSave }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Connection.BadAddress,*'
    }
}

Describe 'Get-JunipeerConnection' {
    BeforeAll { 'eu', 'us', 'us two' | ForEach-Object { Connect-Sandbox $sandbox @{ Name = $_ } } }
    AfterAll { Disconnect-Junipeer }

    It 'chooses by wildcard' { (Get-JunipeerConnection us*).Name | Should -Be 'us', 'us two' }
    It 'chooses by system' { (Get-JunipeerConnection -System Brightpearl).Count | Should -Be 3 }
    It 'writes an error for a name that is not there' {
        $fault = Get-Fault { Get-JunipeerConnection nobody -ErrorAction Stop }
        $fault.FullyQualifiedErrorId | Should -BeLike 'Junipeer.Connection.NotConnected,*'
        $fault.TargetObject | Should -Be nobody
    }
    It 'writes nothing for a wildcard that matches nothing' { Get-JunipeerConnection x* -ErrorAction Stop | Should -BeNullOrEmpty }
}

Describe 'Test-JunipeerConnection' {
    BeforeAll { Connect-Sandbox $sandbox }
    AfterAll { Disconnect-Junipeer }

    It 'writes an object per check' {
        $checks = Test-JunipeerConnection
        $checks | Should -BeOfType Junipeer.Connections.ConnectionCheck
        foreach ($name in 'Reachable', 'Authenticated', 'BaseCurrency', 'QuotaLeft', 'ClockSkew') { $checks.Check | Should -Contain $name }
        $checks | Where-Object Status -eq Failed | Should -BeNullOrEmpty
    }

    It 'takes connections from the pipeline, and names' {
        (Get-JunipeerConnection | Test-JunipeerConnection).Count | Should -BeGreaterThan 4
        (Test-JunipeerConnection $sandbox.account).Count | Should -BeGreaterThan 4
    }

    It 'answers with one boolean' {
        Test-JunipeerConnection -Quiet | Should -BeTrue
        $bad = Connect-Sandbox $sandbox @{ PassThru = $true; Name = 'bad'; StaffToken = (ConvertTo-Secure 'wrong') }
        Test-JunipeerConnection $bad -Quiet | Should -BeFalse
        @(Get-JunipeerConnection | Test-JunipeerConnection -Quiet).Count | Should -Be 1
        Disconnect-Junipeer bad
    }

    It 'tells cause and fix of a wrong token, without an error' {
        $bad = Connect-Sandbox $sandbox @{ PassThru = $true; Name = 'bad'; StaffToken = (ConvertTo-Secure 'wrong') }
        $failed = Test-JunipeerConnection $bad -ErrorAction Stop | Where-Object Status -eq Failed
        $failed.Check | Should -Be Authenticated
        $failed.Cause | Should -Not -BeNullOrEmpty
        $failed.Fix | Should -Not -BeNullOrEmpty
        $failed.ErrorId | Should -Be Junipeer.Authentication.Failed
        Disconnect-Junipeer bad
    }

    It 'tells of an unreachable host' {
        $away = Connect-Sandbox $sandbox @{ PassThru = $true; Name = 'away'; BaseUri = 'http://127.0.0.1:9' }
        (Test-JunipeerConnection $away | Where-Object Status -eq Failed).Check | Should -Be Reachable
        Disconnect-Junipeer away
    }

    It 'needs a connection' {
        $fault = Get-Fault { Disconnect-Junipeer; Test-JunipeerConnection }
        $fault.FullyQualifiedErrorId | Should -BeLike 'Junipeer.Connection.NotConnected,*'
        $fault.ErrorDetails.RecommendedAction | Should -BeLike '*Connect-Brightpearl*'
    }
}

Describe 'Disconnect-Junipeer' {
    It 'does nothing with -WhatIf' {
        Connect-Sandbox $sandbox
        Disconnect-Junipeer -WhatIf
        Test-JunipeerConnection -Quiet | Should -BeTrue
    }

    It 'ends a connection, also where a variable holds it' {
        $held = Get-JunipeerConnection
        $held | Disconnect-Junipeer
        Get-JunipeerConnection | Should -BeNullOrEmpty
        (Get-Fault { Find-BrightpearlRecord order -CountOnly -Connection $held }).FullyQualifiedErrorId | Should -BeLike 'Junipeer.Connection.Disconnected,*'
    }

    It 'ends all without -Connection, and one by name' {
        'a', 'b', 'c' | ForEach-Object { Connect-Sandbox $sandbox @{ Name = $_ } }
        Disconnect-Junipeer b
        (Get-JunipeerConnection).Name | Should -Be 'a', 'c'
        Disconnect-Junipeer
        Get-JunipeerConnection | Should -BeNullOrEmpty
    }
}
