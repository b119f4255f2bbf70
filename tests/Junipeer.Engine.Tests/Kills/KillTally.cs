using System.Text;
using Xunit;

namespace Junipeer.Engine.Tests.Kills;

/// <summary>Which steps were hit how often, and what was found wrong after them.</summary>
internal sealed class KillTally
{
    private readonly Dictionary<string, int> _hits = [];
    private readonly List<string> _order = [];

    public List<string> Wrong { get; } = [];

    public int Kills { get; private set; }

    /// <summary>Puts a step on the list: it must be hit.</summary>
    public void Expect(string step)
    {
        if (_hits.TryAdd(step, 0)) _order.Add(step);
    }

    public void Hit(string step)
    {
        Expect(step);
        _hits[step]++;
        Kills++;
    }

    /// <summary>Prints the table, and fails when something was wrong or a step on the list was never hit.</summary>
    public void Close(string title, string remark)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{Table(title)}{remark}");
        Assert.True(Wrong.Count == 0, $"{Wrong.Count} things are wrong:\n{string.Join('\n', Wrong.Take(20))}");
        var never = _order.Where(s => _hits[s] == 0).ToArray();
        Assert.True(never.Length == 0, $"Never hit: {string.Join("; ", never)}");
    }

    private string Table(string title)
    {
        var text = new StringBuilder($"{title}: {Kills} kills\n{"step",-64} {"hits",5}\n");
        foreach (var step in _order) text.Append($"{step,-64} {_hits[step],5}{(_hits[step] == 0 ? "  NEVER HIT" : "")}\n");
        return text.ToString();
    }
}
