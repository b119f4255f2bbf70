# A first session, to be run line by line. Needs a private app in Brightpearl: App Store, Private apps, Add private app.

Import-Module Junipeer

# The token is asked for without showing it, and stays in memory only.
$token = Read-Host -Prompt 'Staff token' -AsSecureString
Connect-Brightpearl -Account mycompany -DataCenter euw1 -AppReference mycompany_export -StaffToken $token

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
Invoke-BrightpearlExport -Resource order, product, contact -Warehouse ./brightpearl.db -WhatIf
Invoke-BrightpearlExport -Resource order, product, contact -Warehouse ./brightpearl.db

# Ask the warehouse.
Invoke-JunipeerQuery -Warehouse ./brightpearl.db -Query '
    select c.last_name, count(*) as orders, sum(o.total_value_total) as total
    from orders o join contacts c on c.contact_id = o.parties_customer_contact_id
    group by c.contact_id order by total desc limit 10'

# What happened, and how old the data is.
Get-JunipeerRun -Warehouse ./brightpearl.db
Test-JunipeerFreshness -Warehouse ./brightpearl.db -MaximumAge 24h

Disconnect-Junipeer
