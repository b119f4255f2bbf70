BeforeAll {
    Import-Module "$PSScriptRoot/Sandbox.psm1" -Force
    $module = (Resolve-Path "$PSScriptRoot/../../Junipeer.psd1").Path
    $engine = (Resolve-Path "$PSScriptRoot/../../module/bin/engine").Path
    $sandbox = Start-Sandbox
    $sandbox | Select-Object account, baseUri, appReference, staffToken | ConvertTo-Json | Set-Content "$TestDrive/sandbox.json"
    $work = @"
Import-Module '$PSScriptRoot/Sandbox.psm1', '$module'
Connect-Sandbox (Get-Content '$TestDrive/sandbox.json' -Raw | ConvertFrom-Json)
`$result = Invoke-BrightpearlExport order -Warehouse (Join-Path '$TestDrive' "`$PID.db")
"status: `$(`$result.Status)"
"@
}

AfterAll { Stop-Sandbox $sandbox }

Describe 'In a fresh process' {
    It 'the engine runs with its own libraries when others of the same names came first' {
        # Strangers of the same names and other versions, as another module might bring them.
        $run = Invoke-FreshScript @"
Add-Type -Path "`$PSHOME/Microsoft.CodeAnalysis.dll", "`$PSHOME/Microsoft.CodeAnalysis.CSharp.dll"
`$options = [Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions]::new([Microsoft.CodeAnalysis.OutputKind]::DynamicallyLinkedLibrary)
`$core = [Microsoft.CodeAnalysis.MetadataReference[]] @([Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile([object].Assembly.Location))
`$code = [Microsoft.CodeAnalysis.SyntaxTree[]] @([Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText('[assembly: System.Reflection.AssemblyVersion("99.0.0.0")] public static class Stranger { }'))
foreach (`$name in 'SQLitePCLRaw.core', 'SQLitePCLRaw.batteries_v2', 'Polly.Core', 'System.Threading.RateLimiting') {
    `$bytes = [IO.MemoryStream]::new()
    `$null = [Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create(`$name, `$code, `$core, `$options).Emit(`$bytes)
    `$file = Join-Path '$TestDrive' "`$name.dll"
    [IO.File]::WriteAllBytes(`$file, `$bytes.ToArray())
    `$null = [Reflection.Assembly]::LoadFrom(`$file)
}
$work
foreach (`$name in 'SQLitePCLRaw.core', 'Polly.Core', 'System.Text.Json') {
    [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -eq `$name } | ForEach-Object {
        '{0} {1} in {2}' -f `$name, `$_.GetName().Version.Major, [Runtime.Loader.AssemblyLoadContext]::GetLoadContext(`$_).Name
    }
}
"@
        $run.Output | Should -BeLike '*status: Completed*' -Because $run.Output
        $run.Output | Should -BeLike '*SQLitePCLRaw.core 99 in Default*'
        $run.Output | Should -BeLike '*SQLitePCLRaw.core 3 in Junipeer.Engine*'
        $run.Output | Should -BeLike '*Polly.Core 99 in Default*'
        $run.Output | Should -BeLike '*System.Text.Json 10 in Junipeer.Engine*'
    }

    It 'real copies of the libraries that came first change nothing' {
        Copy-Item "$engine/*.dll" $TestDrive/ -Exclude Junipeer.*
        $run = Invoke-FreshScript @"
Get-ChildItem '$TestDrive/*.dll' | ForEach-Object { `$null = [Reflection.Assembly]::LoadFrom(`$_.FullName) }
'{"a":1.5}' | ConvertFrom-Json | Out-Null
$work
"@
        $run.Output | Should -BeLike '*status: Completed*' -Because $run.Output
    }

    It 'importing loads no engine, and the first use does' {
        $run = Invoke-FreshScript @"
`$clock = [Diagnostics.Stopwatch]::StartNew()
Import-Module '$module'
"import: `$(`$clock.ElapsedMilliseconds) ms"
function Test-Loaded { [bool]([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -eq 'Junipeer.Engine' }) }
"loaded after import: `$(Test-Loaded)"
`$clock.Restart()
`$null = Get-BrightpearlResource order
"first use: `$(`$clock.ElapsedMilliseconds) ms"
"loaded after use: `$(Test-Loaded)"
"contracts: `$(@([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -eq 'Junipeer.Contracts' }).Count)"
"@
        $run.Output | Should -BeLike '*loaded after import: False*'
        $run.Output | Should -BeLike '*loaded after use: True*'
        $run.Output | Should -BeLike '*contracts: 1*'
        ($run.Output -split "`n" | Where-Object { $_ -match ' ms' }) -join ', ' | ForEach-Object { Write-Note $_ }
    }

    It 'a missing engine is told clearly' {
        $copy = "$TestDrive/copy"
        $null = New-Item -ItemType Directory "$copy/module/bin" -Force
        Copy-Item $module $copy
        Copy-Item "$PSScriptRoot/../../module/*.ps1xml" "$copy/module"
        Copy-Item "$PSScriptRoot/../../module/bin/*.dll" "$copy/module/bin"
        $run = Invoke-FreshScript "Import-Module '$copy/Junipeer.psd1'; try { Get-BrightpearlResource } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction }"
        $run.Output | Should -BeLike '*Junipeer.Module.EngineMissing*build.ps1*'
    }
}
