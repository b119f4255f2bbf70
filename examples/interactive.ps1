<#
.SYNOPSIS
A first session, to be run line by line.
.DESCRIPTION
Set up once: Install-PSResource Junipeer, and an app in Brightpearl. With an app of the developer account (Apps > New App;
redirect address http://127.0.0.1:53682/callback) you sign in with the browser. With a private app (App Store > Private
Apps) give its staff token: add -StaffToken.

The connection is saved, its secret in your default SecretManagement vault or in the store your system protects, so the
next session needs no Connect-Brightpearl. Get-JunipeerGuide -Pair Brightpearl, Norce shows all steps.
#>
param(
    [Parameter(Mandatory)] [string] $Account,
    [Parameter(Mandatory)] [string] $AppReference,
    [string] $DataCenter = 'euw1',
    [uri] $BaseUri,
    [switch] $StaffToken,
    [string] $Warehouse = './brightpearl.db'
)

Import-Module Junipeer

$where = if ($BaseUri) { @{ BaseUri = $BaseUri } } else { @{ DataCenter = $DataCenter } }
if ($StaffToken) {
    # Asked for without showing it.
    Connect-Brightpearl -Account $Account @where -AppReference $AppReference -StaffToken (Read-Host -Prompt 'Staff token' -AsSecureString)
}
else {
    # Opens the browser; without one on this machine add -NoBrowser and paste the address it ends at.
    Connect-Brightpearl -Account $Account @where -AppReference $AppReference -ClientSecret (Read-Host -Prompt 'Client secret' -AsSecureString)
}

# Each check with its result; a failing one says why, and what to do.
Test-JunipeerConnection

# What can be read, and what a search can use.
Get-BrightpearlResource -Tier Standard
(Get-BrightpearlResource order).SearchColumns

# Search, then read whole records. Select-Object -First stops the requests as well.
Find-BrightpearlRecord -Resource order -Filter @{ createdOn = (Get-Date).AddDays(-1) } -CountOnly
Find-BrightpearlRecord -Resource order -Filter @{ createdOn = (Get-Date).AddDays(-1) } |
    Get-BrightpearlRecord -Resource order |
    Select-Object -First 10 -Property id, reference, @{ Name = 'Total'; Expression = { $_.totalValue.total } }

# See what an export would cost, then run it. Run it again: it reads only what changed.
Invoke-BrightpearlExport -Resource order, product, contact -Warehouse $Warehouse -WhatIf
Invoke-BrightpearlExport -Resource order, product, contact -Warehouse $Warehouse

# Ask the warehouse.
Invoke-JunipeerQuery -Warehouse $Warehouse -Query '
    select c.last_name, count(*) as orders, sum(o.total_value_total) as total
    from orders o join contacts c on c.contact_id = o.parties_customer_contact_id
    group by c.contact_id order by total desc limit 10'

# What happened, and how old the data is.
Get-JunipeerRun -Warehouse $Warehouse
Test-JunipeerFreshness -Warehouse $Warehouse -MaximumAge 24h

# Ends it for this session; it stays saved. Disconnect-Junipeer -Forget deletes it.
Disconnect-Junipeer
