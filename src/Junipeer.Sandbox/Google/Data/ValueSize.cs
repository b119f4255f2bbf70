using System.Text;

namespace Junipeer.Sandbox.Google.Data;

/// <summary>Logical sizes of values, as storage and queries are billed by them.</summary>
internal static class ValueSize
{
    public static long Of(object? value) => value switch
    {
        null => 0,
        string text => 2 + Encoding.UTF8.GetByteCount(text),
        byte[] bytes => 2 + bytes.Length,
        JsonText json => 2 + Encoding.UTF8.GetByteCount(json.Text),
        bool => 1,
        Exact exact => exact.Big ? 32 : 16,
        object?[] record => Sum(record),
        IReadOnlyList<object?> list => Sum(list),
        _ => 8,
    };

    private static long Sum(IReadOnlyList<object?> values)
    {
        long sum = 0;
        foreach (object? value in values)
        {
            sum += Of(value);
        }

        return sum;
    }
}
