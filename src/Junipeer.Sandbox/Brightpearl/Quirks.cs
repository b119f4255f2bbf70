namespace Junipeer.Sandbox.Brightpearl;

/// <summary>One switchable behaviour: its default is what the documentation or recorded traffic shows, or the most likely guess.</summary>
internal sealed record Quirk(string Name, string Default, string[] Values, string About);

/// <summary>Where the field is known to vary, or its behaviour is not documented, both ways are here.</summary>
internal sealed class Quirks
{
    public static readonly Quirk[] All =
    [
        new("gzip", "on", ["on", "off"], "compress answers over 1 KB for clients that accept it"),
        new("cookie", "on", ["on", "off"], "Set-Cookie: __cf_bm on every answer"),
        new("searchLagSeconds", "0", ["<seconds>"], "searches show the world as it was this long ago"),
        new("shuffleDocuments", "on", ["on", "off"], "documents of an id set come in no particular order"),
        new("oversizeSet", "refuse", ["refuse", "cut"], "more ids than allowed in one GET: 400, or only the first are answered"),
        new("notAscending", "refuse", ["refuse", "accept"], "an ordered id list that does not ascend: 400 CMNC-006/CMNC-008, or accepted"),
        new("parseFailureStatus", "500", ["500", "400"], "HTTP status of CMNC-018"),
        new("unknownFilter", "refuse", ["refuse", "ignore"], "a search parameter that is no column, no filter and no option: 400 CMNC-017, or ignored"),
        new("unknownOptional", "refuse", ["refuse", "ignore"], "an includeOptional value that no resource knows: 400 CMNC-025, or ignored"),
        new("missingDocuments", "documented", ["documented", "404", "empty"], "answer of a GET when nothing exists: per resource, always 404 CMNC-404, or always an empty list"),
        new("partialSet", "documented", ["documented", "200", "207"], "status when only some ids exist: 207 for sales-credit and 200 elsewhere, or the same for all"),
        new("availabilityUnknown", "404", ["404", "400", "ignore"], "an unknown product id in an availability set: the whole set fails, or the id is ignored"),
        new("supplierPaymentTotals", "on", ["on", "off"], "supplier-payment-search reports resultsAvailable 500 and ignores paymentId"),
        new("customFieldsMoveUpdatedOn", "off", ["on", "off"], "default of set-custom-field's moveUpdatedOn"),
        new("priceMovesUpdatedOn", "off", ["on", "off"], "a price change moves product.updatedOn"),
        new("stockMovesUpdatedOn", "off", ["on", "off"], "a stock change moves product.updatedOn"),
        new("nullUpdatedOn", "on", ["on", "off"], "updatedOn of orders and contacts is null until their first change; off: the creation time"),
        new("contactUpdatedOnNow", "on", ["on", "off"], "contact GET answers the time of the request as updatedOn of a contact never changed"),
        new("assumedPaths", "on", ["on", "off"], "resources whose path is only assumed exist; off: 404 CMNC-404 Cannot find the resource"),
        new("twoTokens", "accept", ["accept", "refuse"], "staff and account token together: accepted when both are right, as a client in use expects (https://github.com/Zewb/n8n-node-brightpearl), or 401"),
        new("staffTokenAsAccountToken", "accept", ["accept", "refuse"], "the staff token under the account token's header: accepted, as a client found (https://github.com/pmsteil/brightpearl_client), or 401"),
        new("unknownAccount", "404", ["404", "401"], "answer for an account code that does not exist"),
        new("dateOnlyShift", "mixed", ["mixed", "utc", "account"], "date-only fields: midnight UTC or midnight account time as recorded, or one of the two everywhere"),
        new("periodEnd", "exclusive", ["exclusive", "inclusive"], "upper bound of a PERIOD filter"),
        new("periodWithoutOffset", "account", ["account", "utc"], "zone of a PERIOD bound without offset"),
        new("money", "text", ["text", "number"], "money of orders, prices, journals and payments as JSON text or numbers"),
        new("unset", "absent", ["absent", "null"], "unset properties of documents are left out, or null"),
        new("accountConfiguration", "nested", ["nested", "flat"], "keys under response.configuration, or directly under response"),
        new("stringMatch", "exact", ["exact", "ignoreCase"], "STRING filters"),
        new("oldMetaData", "off", ["on", "off"], "searches answer without morePagesAvailable and isFreeTextSearchable"),
        new("refreshRotation", "rotate", ["rotate", "keep", "omit"], "a refresh answers a new refresh token and the old one is dead; or the same one; or none, and the old one stays good"),
        new("refreshExpiresIn", "running", ["running", "full"], "expires_in of a refresh while the old access token lives: what was left of it, as recorded, or a full life"),
        new("oldAccessToken", "dies", ["dies", "lives"], "the access token a refresh replaces: 401 Invalid instance token at once, or good until its end"),
        new("refreshSecret", "required", ["required", "optional"], "a confidential app's refresh without client_secret: invalid_client, or accepted as once recorded"),
        new("publicAppSecret", "refuse", ["refuse", "ignore"], "a client_secret from an app that has none: invalid_client, or ignored"),
        new("pkce", "ignored", ["ignored", "enforced"], "code_challenge and code_verifier mean nothing, or are demanded and checked"),
        new("statementNeedsContact", "on", ["on", "off"], "all-transaction-search without contactId is refused"),
    ];

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> _values = new(All.ToDictionary(q => q.Name, q => q.Default), StringComparer.OrdinalIgnoreCase);
    private volatile int _searchLag;

    public string this[string name] => _values[name];

    public bool Gzip => On("gzip");

    public bool MoneyAsText => this["money"] == "text";

    public bool NullsInDocuments => this["unset"] == "null";

    public bool NullUpdatedOn => On("nullUpdatedOn");

    public bool AssumedPaths => On("assumedPaths");

    public int SearchLagSeconds => _searchLag;

    public bool On(string name) => _values[name] == "on";

    /// <summary>Sets a quirk; the message says what is wrong, or null.</summary>
    public string? Set(string name, string value)
    {
        Quirk? quirk = Array.Find(All, q => string.Equals(q.Name, name, StringComparison.OrdinalIgnoreCase));
        if (quirk is null)
        {
            return $"There is no quirk '{name}'. Known: {string.Join(", ", All.Select(q => q.Name))}.";
        }

        value = value switch { "true" or "True" => "on", "false" or "False" => "off", _ => value };
        if (quirk.Name == "searchLagSeconds")
        {
            if (!int.TryParse(value, out int seconds) || seconds < 0)
            {
                return "searchLagSeconds is a number of seconds, 0 or more.";
            }

            _searchLag = seconds;
        }
        else if (!quirk.Values.Contains(value))
        {
            return $"Quirk '{quirk.Name}' takes {string.Join(" or ", quirk.Values)}, not '{value}'.";
        }

        _values[quirk.Name] = value;
        return null;
    }
}
