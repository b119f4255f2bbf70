namespace Junipeer.Engine.Tests.Warehouses;

/// <summary>The few of LINQ's operators that tests need on streams.</summary>
internal static class AsyncSequences
{
    public static async Task<List<T>> ListAsync<T>(this IAsyncEnumerable<T> sequence, CancellationToken stop)
    {
        var list = new List<T>();
        await foreach (var item in sequence.WithCancellation(stop)) list.Add(item);
        return list;
    }
}
