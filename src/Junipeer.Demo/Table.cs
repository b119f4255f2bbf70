using System.Globalization;

namespace Junipeer.Demo;

/// <summary>Prints the outcome of a round.</summary>
internal static class Table
{
    public static void Print(IReadOnlyList<ComparedResource> rows)
    {
        Console.WriteLine($"{"resource",-32} {"rows",9} {"requests",9} {"seconds",8} {"new",8} {"changed",8} {"deleted",8}  {"status",-20} {"compared",-10}");
        foreach (var row in rows)
        {
            var r = row.Result;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{r.Resource,-32} {r.Rows,9:N0} {r.Requests,9:N0} {r.Duration.TotalSeconds,8:F1} {r.New ?? 0,8:N0} {r.Changed ?? 0,8:N0} {r.Deleted ?? 0,8:N0}  {r.Status,-20} {(row.IsEqual ? "equal" : "DIFFERENT"),-10}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{"all",-32} {rows.Sum(r => r.Result.Rows),9:N0} {rows.Sum(r => r.Result.Requests),9:N0} {rows.Sum(r => r.Result.Duration.TotalSeconds),8:F1} {rows.Sum(r => r.Result.New ?? 0),8:N0} {rows.Sum(r => r.Result.Changed ?? 0),8:N0} {rows.Sum(r => r.Result.Deleted ?? 0),8:N0}  {rows.Sum(r => r.Leaves):N0} values compared"));
    }
}
