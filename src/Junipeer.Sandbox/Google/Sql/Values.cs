using System.Globalization;
using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

/// <summary>Order and equality of values of one type. NULL is never equal here; callers decide about it.</summary>
internal static class Values
{
    public static readonly object True = true;
    public static readonly object False = false;

    public static object Box(bool value) => value ? True : False;

    public static int Compare(object a, object b) => a switch
    {
        long x => x.CompareTo((long)b),
        string x => string.CompareOrdinal(x, (string)b),
        Instant x => x.CompareTo((Instant)b),
        Exact x => x.CompareTo((Exact)b),
        double x => x.CompareTo((double)b),
        bool x => x.CompareTo((bool)b),
        DateOnly x => x.CompareTo((DateOnly)b),
        DateTime x => x.CompareTo((DateTime)b),
        TimeOnly x => x.CompareTo((TimeOnly)b),
        byte[] x => x.AsSpan().SequenceCompareTo((byte[])b),
        _ => throw new InvalidOperationException($"Values of type {a.GetType().Name} have no order"),
    };

    /// <summary>The = of SQL for values that are there: NaN equals nothing.</summary>
    public static bool AreEqual(object a, object b) => a is double x && double.IsNaN(x) ? false : KeyComparer.Same(a, b);

    public static int CompareForOrder(object? a, object? b, bool descending, bool nullsFirst)
    {
        if (a is null || b is null)
        {
            return a is null && b is null ? 0 : (a is null) == nullsFirst ? -1 : 1;
        }

        int order = Compare(a, b);
        return descending ? -order : order;
    }
}

/// <summary>Sameness for grouping and hashing: NULL is the same as NULL, arrays and records go by their contents.</summary>
internal sealed class KeyComparer : IEqualityComparer<object?>
{
    public static readonly KeyComparer Instance = new();

    public static bool Same(object? a, object? b) => a switch
    {
        null => b is null,
        byte[] x => b is byte[] y && x.AsSpan().SequenceEqual(y),
        IReadOnlyList<object?> x => b is IReadOnlyList<object?> y && SameLists(x, y),
        _ => a.Equals(b),
    };

    bool IEqualityComparer<object?>.Equals(object? a, object? b) => Same(a, b);

    public int GetHashCode(object? value)
    {
        switch (value)
        {
            case null:
                return 0;
            case byte[] bytes:
                HashCode hash = default;
                hash.AddBytes(bytes);
                return hash.ToHashCode();
            case IReadOnlyList<object?> list:
                HashCode all = default;
                foreach (object? item in list)
                {
                    all.Add(GetHashCode(item));
                }

                return all.ToHashCode();
            default:
                return value.GetHashCode();
        }
    }

    private static bool SameLists(IReadOnlyList<object?> a, IReadOnlyList<object?> b)
    {
        if (a.Count != b.Count)
        {
            return false;
        }

        for (int i = 0; i < a.Count; i++)
        {
            if (!Same(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }
}
