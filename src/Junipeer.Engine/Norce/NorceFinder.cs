using System.Collections;
using Junipeer.Operations;

namespace Junipeer.Norce;

/// <summary>Searches and reads Query for the pipeline.</summary>
internal sealed class NorceFinder(NorceClient client, IOperationSink sink)
{
    private readonly NorceModel _model = new(client, sink);
    private readonly NorceReader _reader = new(client, sink);

    public async Task FindAsync(NorceQuery query, CancellationToken stop)
    {
        var set = await _model.RequireAsync(query.Resource, stop).ConfigureAwait(false);
        var select = query.Select.Select(name => NorceFilter.Require(set, name).Name).ToArray();
        var reading = new NorceReading(set)
        {
            Filter = NorceFilter.Join(query.FilterText, NorceFilter.Of(set, query.Filter), query.UpdatedAfter is { } since ? NorceFilter.Since(set, since) : null),
            Select = select,
            Expand = ExpandOf(set, query.Expand),
            First = query.First,
        };
        long written = 0;
        await foreach (var page in _reader.ReadAsync(reading, stop).ConfigureAwait(false))
        {
            using (page)
            {
                foreach (var row in page.Rows)
                {
                    if (written++ >= query.First) return;
                    await sink.WriteAsync(NorceRow.Record(row, set, select), stop).ConfigureAwait(false);
                }
            }
        }
    }

    public async Task GetAsync(NorceRecordRequest request, CancellationToken stop)
    {
        var set = await _model.RequireAsync(request.Resource, stop).ConfigureAwait(false);
        if (set.Key.Count == 0) throw Bad("Junipeer.Norce.NoKey", $"The key of '{set.Name}' is not known.", $"Use Find-NorceRecord {set.Name} -Filter.", set.Name);
        var select = request.Select.Select(name => NorceFilter.Require(set, name).Name).ToArray();
        var expand = ExpandOf(set, request.Expand);
        foreach (var given in request.Keys)
        {
            var key = KeyOf(set, given);
            using var found = await _reader.OneAsync(set, key, select, expand, stop).ConfigureAwait(false);
            if (found is not null)
            {
                await sink.WriteAsync(NorceRow.Record(found.RootElement, set, select), stop).ConfigureAwait(false);
                continue;
            }

            var shown = string.Join(" / ", key.Select(k => NorceFilter.Literal(null, k).Trim('\'')));
            sink.Fault(new JunipeerFault("Junipeer.Record.NotFound", FaultCategory.ObjectNotFound, $"Norce has no {set.Name} {shown}.",
                $"Check the key; Find-NorceRecord {set.Name} searches.") { Target = shown, System = NorceCatalogue.System });
        }
    }

    /// <summary>The values of a key's properties, in their order.</summary>
    private static IReadOnlyList<object> KeyOf(NorceSet set, object given)
    {
        if (given is not IReadOnlyDictionary<string, object?> parts)
        {
            return set.Key.Count == 1 && given is not ICollection ? [given]
                : throw Bad("Junipeer.Norce.BadKey", $"The key of '{set.Name}' has {set.Key.Count} parts ({string.Join(", ", set.Key)}), and one value was given.",
                    $"Give a hashtable: -Key @{{ {string.Join("; ", set.Key.Select(k => $"{k} = ..."))} }}", set.Name);
        }

        return set.Key.Select(k => parts.FirstOrDefault(p => p.Key.Equals(k.Name, StringComparison.OrdinalIgnoreCase)).Value
            ?? throw Bad("Junipeer.Norce.BadKey", $"The key given has no '{k.Name}'; the key of '{set.Name}' is {string.Join(", ", set.Key)}.",
                $"Give a hashtable: -Key @{{ {string.Join("; ", set.Key.Select(p => $"{p} = ..."))} }}", set.Name)).ToArray();
    }

    /// <summary>What to expand, in the server's spelling, no deeper than it goes.</summary>
    private IReadOnlyList<string> ExpandOf(NorceSet set, IReadOnlyList<string> given)
    {
        var most = client.Connection.Setting.ExpandDepth;
        return given.Select(text =>
        {
            text = text.Trim();
            var depth = DepthOf(text) ?? throw Bad("Junipeer.Norce.BadExpand", $"The brackets of '{text}' do not match.", "Write it as in: PriceLists($filter=IsActive eq true).", text);
            if (depth > most)
            {
                throw Bad("Junipeer.Norce.ExpandTooDeep", $"'{text}' expands {depth} levels; Norce goes {most} deep.",
                    "Expand less and read the rest by its own set; where a tenant goes deeper, connect with -Setting @{ ExpandDepth = ... }.", text);
            }

            var end = text.AsSpan().IndexOfAny("(/");
            var name = end < 0 ? text : text[..end];
            var known = set.Navigations.FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (known is null && set.Navigations.Count > 0)
                throw Bad("Junipeer.Norce.BadExpand", $"'{set.Name}' cannot expand '{name}'. It has: {string.Join(", ", set.Navigations)}.", $"Run (Get-NorceResource {set.Name}).Notes to see what can be expanded.", name);
            return (known ?? name) + (end < 0 ? string.Empty : text[end..]);
        }).ToArray();
    }

    /// <summary>Levels of an expand: one, and one more for each bracket an inner <c>$expand</c> stands in. Null when brackets do not match.</summary>
    private static int? DepthOf(string text)
    {
        var (open, deepest, isText) = (0, 0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\'') isText = !isText;
            if (isText) continue;
            if (text[i] == '(') open++;
            if (text[i] == ')' && --open < 0) return null;
            if (text.AsSpan(i).StartsWith("$expand", StringComparison.OrdinalIgnoreCase)) deepest = Math.Max(deepest, open);
        }

        return open == 0 && !isText ? deepest + 1 : null;
    }

    private static JunipeerException Bad(string id, string message, string action, object target) =>
        new(new JunipeerFault(id, FaultCategory.InvalidArgument, message, action) { Target = target, System = NorceCatalogue.System });
}
