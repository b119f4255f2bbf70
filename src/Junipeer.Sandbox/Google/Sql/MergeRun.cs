using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>A WHEN branch of MERGE that can run: it updates, or inserts, or (with neither) deletes.</summary>
internal sealed record MergeAction(MergeMatch Match, Bound? Condition)
{
    public Func<Env, object?[], object?[]>? Update { get; init; }

    public Func<Env, object?[]>? Insert { get; init; }
}

/// <summary>Brings the rows of a target and a source together and does what the branches say. UPDATE ... FROM is the same with one branch.</summary>
internal sealed class MergeRun(RowSet target, Relation source, JoinPlan plan, IReadOnlyList<MergeAction> actions, int width)
{
    private readonly Env _env = new(null) { Tuple = new object?[width][] };
    private readonly List<object?[]?[]> _source = [];
    private readonly Dictionary<object, List<int>> _index = new(KeyComparer.Instance!);
    private List<int> _all = [];

    public long Inserted { get; private set; }

    public long Updated { get; private set; }

    public long Deleted { get; private set; }

    /// <summary>What is left of the target's rows; null if none was touched.</summary>
    public List<object?[]>? Kept { get; private set; }

    public List<object?[]> Added { get; } = [];

    public void Run(CancellationToken stop)
    {
        ReadSource();
        bool[] found = new bool[_source.Count];
        bool changes = actions.Any(a => a.Match != MergeMatch.NotMatchedByTarget);
        List<object?[]> kept = new(changes ? (int)target.Count : 0);
        foreach (object?[] row in target.All())
        {
            stop.ThrowIfCancellationRequested();
            object?[]? result = One(row, found);
            if (changes && result is not null)
            {
                kept.Add(result);
            }
        }

        Kept = Updated + Deleted > 0 ? kept : null;
        Insert(found);
    }

    private void ReadSource()
    {
        foreach (object?[]?[] tuple in source.Rows(null))
        {
            int at = _source.Count;
            _source.Add(tuple);
            if (plan.HasKeys)
            {
                _env.Tuple = tuple;
                if (plan.Key(left: false, _env) is { } key)
                {
                    (_index.TryGetValue(key, out List<int>? same) ? same : _index[key] = new(1)).Add(at);
                }
            }
        }

        _env.Tuple = new object?[width][];
        _all = plan.HasKeys || plan.Never ? [] : [.. Enumerable.Range(0, _source.Count)];
    }

    // The row as it becomes; null if it goes.
    private object?[]? One(object?[] row, bool[] found)
    {
        _env.Tuple[0] = row;
        bool matched = false, done = false;
        object?[]? result = row;
        List<int> candidates = plan.Never ? _all : !plan.HasKeys ? _all : plan.Key(left: true, _env) is { } key && _index.TryGetValue(key, out List<int>? same) ? same : [];
        foreach (int at in candidates)
        {
            Show(_source[at]);
            if (!plan.Rest(_env))
            {
                continue;
            }

            matched = true;
            found[at] = true;
            if (First(MergeMatch.Matched) is not { } action)
            {
                continue;
            }

            if (done)
            {
                throw Casts.Failure("UPDATE/MERGE must match at most one source row for each target row");
            }

            done = true;
            result = Do(action, row);
        }

        if (!matched)
        {
            Array.Clear(_env.Tuple, 1, width - 1);
            result = First(MergeMatch.NotMatchedBySource) is { } action ? Do(action, row) : row;
        }

        return result;
    }

    private object?[]? Do(MergeAction action, object?[] row)
    {
        if (action.Update is null)
        {
            Deleted++;
            return null;
        }

        Updated++;
        return action.Update(_env, row);
    }

    private void Insert(bool[] found)
    {
        if (!actions.Any(a => a.Match == MergeMatch.NotMatchedByTarget))
        {
            return;
        }

        _env.Tuple[0] = null;
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i])
            {
                continue;
            }

            Show(_source[i]);
            if (First(MergeMatch.NotMatchedByTarget) is { } action)
            {
                Added.Add(action.Insert!(_env));
                Inserted++;
            }
        }
    }

    private MergeAction? First(MergeMatch match)
    {
        foreach (MergeAction action in actions)
        {
            if (action.Match == match && (action.Condition is null || action.Condition.IsTrue(_env)))
            {
                return action;
            }
        }

        return null;
    }

    private void Show(object?[]?[] tuple) => Array.Copy(tuple, 1, _env.Tuple, 1, width - 1);
}
