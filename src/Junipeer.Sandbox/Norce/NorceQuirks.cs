using System.Collections.Concurrent;
using Junipeer.Sandbox.Brightpearl;

namespace Junipeer.Sandbox.Norce;

/// <summary>Where the service is known to vary, or its behaviour is not documented, both ways are here.</summary>
internal sealed class NorceQuirks
{
    public static readonly Quirk[] All =
    [
        new("productionScope", "prod", ["prod", "production"], "the word for production in the scope of a token"),
        new("invalidClientStatus", "400", ["400", "401"], "HTTP status of invalid_client"),
        new("wrongEnvironment", "403", ["403", "401"], "answer of the API to a token for another environment"),
        new("missingApplicationId", "500", ["500", "400"], "answer of Query and Services without an application header"),
        new("retryAfter", "on", ["on", "off"], "429 says how long to wait"),
        new("query30", "camel", ["camel", "pascal", "off"], "names in Query 3.0, or no 3.0 at all"),
        new("propertyCase", "exact", ["exact", "ignore"], "letter case of properties in $filter, $select, $orderby and $expand"),
        new("assumedSets", "assumed", ["assumed", "other"], "names of the sets whose names are not documented (on hand, locations, companies, delivery notes)"),
        new("deltaFunction", "on", ["on", "off"], "ProductService.GetDeltaProductSkus in Query 2.0"),
        new("topOver500", "cut", ["cut", "link"], "$top above 500: as if 500 had been asked for, or with a link to the rest"),
        new("nextLink", "on", ["on", "off"], "a full page has @odata.nextLink, or not"),
        new("deepSkip", "serve", ["serve", "fail"], "$skip of 10000 or more: served, or 500"),
        new("heavyExpand", "serve", ["serve", "fail"], "Products/Products with two expands and more than 100 rows: served, or 500"),
        new("customOptions", "refuse", ["refuse", "ignore"], "query options without $: 400 as a likely mistake, or ignored as OData says"),
        new("unknownFields", "refuse", ["refuse", "ignore"], "members of a body or header that nobody knows: 400, or ignored"),
        new("fieldCase", "exact", ["exact", "ignore"], "letter case of members in Connect bodies and headers"),
        new("enumNamesInBody", "refuse", ["refuse", "accept"], "names instead of numbers for enums in the body of an import"),
        new("missingListedField", "clear", ["clear", "keep"], "an announced field that a row does not have (never prices)"),
        new("unknownKeys", "fail", ["fail", "silent"], "a price or stock row of something that does not exist: a line in the log and a failure, or not a word"),
        new("unknownManufacturer", "create", ["create", "reject"], "a product of a manufacturer that does not exist yet"),
        new("partialStatus", "2", ["2", "3"], "status of a job in which some rows failed"),
        new("insertCounter", "Insert", ["Insert", "Inserts", "both"], "spelling of the insert counter of a job"),
        new("jobPath", "both", ["both", "plain", "api"], "where the status of a job is: Job/Get, api/Job/Get"),
        new("reservations", "on", ["on", "off"], "orders reserve stock until they are delivered or cancelled"),
        new("deliveryNoteOrderNo", "current", ["current", "either"], "OrderNo of a delivery note: the number an order has now, or the basket's too"),
        new("emptyProduct", "200", ["200", "204"], "GetProductByPartNo of an unknown part number: an empty body with this status"),
        new("gzip", "on", ["on", "off"], "compress answers over 1 KB for clients that accept it"),
    ];

    private readonly ConcurrentDictionary<string, string> _values = new(All.ToDictionary(q => q.Name, q => q.Default), StringComparer.OrdinalIgnoreCase);

    public string this[string name] => _values[name];

    public bool On(string name) => _values[name] == "on";

    /// <summary>Sets a quirk; the message says what is wrong, or null.</summary>
    public string? Set(string name, string value)
    {
        Quirk? quirk = Array.Find(All, q => string.Equals(q.Name, name, StringComparison.OrdinalIgnoreCase));
        if (quirk is null)
        {
            return $"There is no quirk '{name}'. Known: {string.Join(", ", All.Select(q => q.Name))}.";
        }

        if (!quirk.Values.Contains(value))
        {
            return $"Quirk '{quirk.Name}' takes {string.Join(" or ", quirk.Values)}, not '{value}'.";
        }

        _values[quirk.Name] = value;
        return null;
    }
}
