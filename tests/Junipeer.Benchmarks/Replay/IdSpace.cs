using System.Globalization;
using System.Text;

namespace Junipeer.Benchmarks.Replay;

/// <summary>
/// The ids of an account with so many orders: every 29th is missing, so that listings, id sets and bookmarks are as long as
/// those of an account from which orders were deleted.
/// </summary>
internal static class IdSpace
{
    private const long Step = 29;

    /// <summary>Ids a getUri names, as the system itself does it.</summary>
    private const int PerUri = 200;

    public static bool Exists(long id, long orders) => id > 0 && id % Step != 0 && id <= Last(orders);

    /// <summary>The answer to OPTIONS: every id, in sets of 200.</summary>
    public static byte[] Listing(long orders)
    {
        var text = new StringBuilder("{\"response\":{\"getUris\":[");
        var id = 1L;
        for (long done = 0; done < orders;)
        {
            text.Append(done == 0 ? "\"/order/" : ",\"/order/");
            for (var left = Math.Min(PerUri, orders - done); left > 0;)
            {
                if (id % Step == 0) id++;
                var run = Math.Min(left, Step - (id % Step));
                text.Append(CultureInfo.InvariantCulture, $"{id}");
                if (run > 1) text.Append(CultureInfo.InvariantCulture, $"-{id + run - 1}");
                id += run;
                left -= run;
                done += run;
                if (left > 0) text.Append(',');
            }

            text.Append('"');
        }

        return Encoding.ASCII.GetBytes(text.Append("]}}").ToString());
    }

    private static long Last(long orders) => orders + ((orders - 1) / (Step - 1));
}
