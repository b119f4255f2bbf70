using System.Collections;
using System.Globalization;
using Junipeer.Http;
using Junipeer.Operations;
using Junipeer.Records;
using Junipeer.Requests;
using Junipeer.Resources;

namespace Junipeer.Brightpearl;

/// <summary>Searches as a user asks for them: filters are checked before they cost a request, rows come out as records.</summary>
internal sealed class BrightpearlFinder(BrightpearlClient client, RequestLedger ledger, IOperationSink sink)
{
    public async Task FindAsync(SearchRequest request, CancellationToken stop)
    {
        var entry = Catalogue.Require(request.Resource);
        var search = entry.Search ?? throw Refuse("Junipeer.Search.NotSearchable", $"'{entry.Name}' cannot be searched.", $"Run Get-BrightpearlRecord -Resource {entry.Name}.", entry.Name);
        var filter = string.Join('&', request.Filter.Select(f => $"{NameOf(search, f.Key, entry.Name)}={ValueOf(Find(search, f.Key), f.Key, f.Value)}"));
        foreach (var column in request.Columns) NameOf(search, column, entry.Name, onlyColumns: true);
        if (request.CountOnly)
        {
            var count = await new IdInquiry(client, new RunMemory(), ledger, sink).CountAsync(search, filter, stop).ConfigureAwait(false);
            await sink.WriteAsync(count, stop).ConfigureAwait(false);
            return;
        }

        if (request.First == 0) return;
        var sort = request.Sort.Count > 0 ? string.Join(',', request.Sort.Select(s => SortOf(search, s, entry.Name))) : null;
        if (sort is null && request.Skip == 0)
        {
            await WalkAsync(entry, search, request, filter, stop).ConfigureAwait(false);
            return;
        }

        await PagesAsync(entry, search, request, filter, sort ?? $"{search.Id}.ASC", stop).ConfigureAwait(false);
    }

    /// <summary>In order of ids, by the walk that misses no row.</summary>
    private async Task WalkAsync(CatalogueEntry entry, SearchDefinition search, SearchRequest request, string filter, CancellationToken stop)
    {
        var writer = new RowWriter(entry, request, sink);
        if (request.First is { } few && few < SearchPager.PageSize)
        {
            await PagesAsync(entry, search, request, filter, $"{search.Id}.ASC", stop).ConfigureAwait(false);
            return;
        }

        var columns = ColumnsOf(search, request);
        await foreach (var (answer, _) in new SearchPager(client, ledger, sink).ReadAsync(search, filter, [search.Id], columns, false, null, stop).ConfigureAwait(false))
        {
            using (answer)
            {
                if (!await writer.WriteAsync(answer, stop).ConfigureAwait(false)) return;
            }
        }
    }

    /// <summary>In an order of the user's: plain pages, each full one followed by another.</summary>
    private async Task PagesAsync(CatalogueEntry entry, SearchDefinition search, SearchRequest request, string filter, string sort, CancellationToken stop)
    {
        var writer = new RowWriter(entry, request, sink);
        var pager = new SearchPager(client, ledger, sink);
        var columns = ColumnsOf(search, request);
        var size = (int)Math.Min(request.First ?? SearchPager.PageSize, SearchPager.PageSize);
        for (var first = request.Skip + 1; ;)
        {
            using var answer = await pager.PageAsync(search, filter, [search.Id], columns, sort, size, first, stop).ConfigureAwait(false);
            var rows = answer.Rows;
            if (rows == 0 || !await writer.WriteAsync(answer, stop).ConfigureAwait(false)) return;
            if (rows < size && answer.More != true) return;
            first += rows;
        }
    }

    /// <summary>The id is always asked for, since paging needs it; it is not shown when it was not wanted.</summary>
    private static string? ColumnsOf(SearchDefinition search, SearchRequest request) =>
        request.Columns.Count == 0 ? null
        : string.Join(',', request.Columns.Contains(search.Id, StringComparer.OrdinalIgnoreCase) ? request.Columns : request.Columns.Append(search.Id));

    private static SearchColumn? Find(SearchDefinition search, string name) =>
        search.Columns.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string NameOf(SearchDefinition search, string name, string resource, bool onlyColumns = false)
    {
        var known = Find(search, name);
        if (known is null || (onlyColumns && known.FilterOnly))
        {
            throw Refuse(
                onlyColumns ? "Junipeer.Search.UnknownColumn" : "Junipeer.Search.UnknownFilter",
                $"The search of '{resource}' has no {(onlyColumns ? "column" : "filter")} '{name}'. It has: {string.Join(", ", search.Columns.Where(c => !onlyColumns || !c.FilterOnly).Select(c => c.Name))}.",
                $"Run (Get-BrightpearlResource {resource}).SearchColumns to see names and types.", name);
        }

        if (!onlyColumns && known.Filterable == false)
        {
            throw Refuse("Junipeer.Search.NotFilterable", $"The column '{known.Name}' of '{resource}' cannot be filtered by.",
                $"Filter by another column and use Where-Object for this one; (Get-BrightpearlResource {resource}).SearchColumns shows which can.", name);
        }

        return known.Name;
    }

    private static string SortOf(SearchDefinition search, string sort, string resource)
    {
        var parts = sort.Split('.', ' ');
        var column = NameOf(search, parts[0].Trim(), resource, onlyColumns: true);
        if (Find(search, column)!.Sortable == false)
        {
            throw Refuse("Junipeer.Search.NotSortable", $"The column '{column}' of '{resource}' cannot be sorted by.",
                "Sort by another column, or use Sort-Object.", sort);
        }

        var direction = parts.Length > 1 ? parts[^1].Trim().ToUpperInvariant() : "ASC";
        if (direction is not ("ASC" or "DESC"))
            throw Refuse("Junipeer.Search.BadSort", $"'{sort}' does not end in .ASC or .DESC.", "Write the sort as column.ASC or column.DESC.", sort);
        return $"{column}.{direction}";
    }

    /// <summary>A filter's value in the notation of its type (https://help.brightpearl.com/hc/en-us/articles/212644983-Resource-search).</summary>
    private static string ValueOf(SearchColumn? column, string name, object? value)
    {
        var type = column?.Type ?? "STRING";
        switch (value)
        {
            case null:
                throw Refuse("Junipeer.Search.BadFilter", $"The filter '{name}' has no value.", "Leave the filter out, or give it a value; a search cannot ask for what is not set.", name);
            case bool flag:
                return flag ? "true" : "false";
            case DateTimeOffset instant:
                return Instants.ToIso(instant) + (type == "PERIOD" ? "/" : "");
            case DateTime time:
                return Instants.ToIso(new DateTimeOffset(time)) + (type == "PERIOD" ? "/" : "");
            case DateOnly date:
                return date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            case not string when value is IEnumerable list:
                var items = list.Cast<object?>().Select(i => Convert.ToString(i, CultureInfo.InvariantCulture) ?? "").ToArray();
                if (type is not ("IDSET" or "STRING_SET"))
                    throw Refuse("Junipeer.Search.BadFilter", $"The filter '{name}' is of type {type} and takes one value, not a list.", "Search once per value.", name);
                return type == "IDSET" ? IdsOf(name, string.Join(',', items)) : string.Join(',', items.Select(Encode));
        }

        var text = Convert.ToString(value, CultureInfo.InvariantCulture)!.Trim();
        switch (type)
        {
            case "IDSET":
                return IdsOf(name, text);
            case "INTEGER" when !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _):
                throw Refuse("Junipeer.Search.BadFilter", $"The filter '{name}' is of type INTEGER and takes one whole number, not '{text}'.", "Give one number; ranges are possible for IDSET columns only.", name);
            case "BOOLEAN" when !bool.TryParse(text, out _):
                throw Refuse("Junipeer.Search.BadFilter", $"The filter '{name}' is of type BOOLEAN and takes $true or $false, not '{text}'.", "Give $true or $false.", name);
            case "BOOLEAN":
                return text.ToLowerInvariant();
            default:
                return Encode(text);
        }
    }

    private static string IdsOf(string name, string text) =>
        IdSet.TryParse(text, out var ids, out var wrong) && ids.Count > 0 ? ids.ToString()
            : throw Refuse("Junipeer.Search.BadFilter", $"The filter '{name}' is an id set and cannot take '{wrong ?? text}'.", "Write ids as 5, 1-10 or 1,2,5-7; open ranges are not possible.", name);

    /// <summary>Slash, comma and colon stay as they are: the service reads them literally in a query.</summary>
    private static string Encode(string text) =>
        Uri.EscapeDataString(text).Replace("%2F", "/", StringComparison.Ordinal).Replace("%2C", ",", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal);

    private static JunipeerException Refuse(string id, string message, string advice, object target) =>
        new(new JunipeerFault(id, FaultCategory.InvalidArgument, message, advice) { Target = target, System = Catalogue.System });

    /// <summary>Writes rows as records until enough were written.</summary>
    private sealed class RowWriter(CatalogueEntry entry, SearchRequest request, IOperationSink sink)
    {
        private readonly Dictionary<string, ColumnType> _types = entry.Search!.Columns.ToDictionary(c => c.Name, TypeOf);
        private long _written;

        public async Task<bool> WriteAsync(SearchAnswer answer, CancellationToken stop)
        {
            foreach (var document in answer.Page.Documents)
            {
                if (_written >= request.First) return false;
                await sink.WriteAsync(Project(answer.Page[document]), stop).ConfigureAwait(false);
                _written++;
            }

            return !(_written >= request.First);
        }

        private static ColumnType TypeOf(SearchColumn column) => column.Type switch
        {
            "INTEGER" or "IDSET" => ColumnType.Integer,
            "BOOLEAN" => ColumnType.Boolean,
            "PERIOD" or "DATETIME" => ColumnType.Instant,
            _ => ColumnType.Text,
        };

        private JunipeerRecord Project(ReadOnlySpan<byte> row)
        {
            var columns = new DocumentDefinition(entry.Name, entry.Document.TypeName, "rows", [], Fields(), []);
            var record = new RecordProjector(new DocumentMap(columns), withPayload: false).Project(row, default);
            if (request.Columns.Count == 0) return record with { TypeName = entry.Document.TypeName + "SearchRow" };
            var shown = record.Properties.Where(p => request.Columns.Contains(p.Key, StringComparer.OrdinalIgnoreCase)).ToArray();
            return new JunipeerRecord(entry.Document.TypeName + "SearchRow", shown);
        }

        /// <summary>Money columns are text in the reference's list of types and decimals in the catalogue, which knows better.</summary>
        private IReadOnlyList<FieldDefinition> Fields()
        {
            var known = entry.Full is "search" ? entry.Document.Key.Concat(entry.Document.Fields).ToDictionary(f => f.Path, f => f.Type) : [];
            var wanted = request.Columns.Count == 0 ? _types.Keys : _types.Keys.Where(c => request.Columns.Contains(c, StringComparer.OrdinalIgnoreCase));
            return wanted.Where(c => !entry.Search!.Columns.First(x => x.Name == c).FilterOnly)
                .Select(c => new FieldDefinition(c, known.TryGetValue(c, out var type) && type != ColumnType.Date ? type : _types[c])).ToArray();
        }
    }
}
