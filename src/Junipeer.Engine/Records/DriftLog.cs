namespace Junipeer.Records;

/// <summary>Counts the values that did not fit, per column, and has each column warned about once.</summary>
internal sealed class DriftLog(Action<string> warn)
{
    private readonly Dictionary<(string Table, string Path), long> _counts = [];

    /// <summary>All values that did not fit.</summary>
    public long Count { get; private set; }

    /// <summary>Notes one value.</summary>
    public void Note(string table, string path, string wanted, ReadOnlySpan<byte> found)
    {
        Count++;
        var key = (table, path);
        var seen = _counts.GetValueOrDefault(key);
        _counts[key] = seen + 1;
        if (seen > 0) return;
        var sample = System.Text.Encoding.UTF8.GetString(found.Length > 40 ? found[..40] : found);
        warn($"{table}: '{path}' holds a value that is no {wanted} (first seen: {sample}). The column is left empty; the payload keeps the value.");
    }
}
