using System.Text;
using Junipeer.Records;
using Xunit;

namespace Junipeer.Tests.Records;

/// <summary>Contacts that never changed show the time of the request.</summary>
public sealed class TimeOfRequestTests
{
    private static readonly DateTimeOffset Received = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"updatedOn":"2026-03-04T05:06:07.000Z"}""", true)]
    [InlineData("""{"updatedOn" : "2026-03-04T06:06:08.000+01:00"}""", true)]
    [InlineData("""[{"updatedOn":"2020-01-01T00:00:00.000Z"},{"updatedOn":"2026-03-04T05:06:06.000Z"}]""", true)]
    [InlineData("""{"updatedOn":"2026-03-04T05:06:07.001Z"}""", false)]
    [InlineData("""{"updatedOn":"2026-03-04T05:05:07.000Z"}""", false)]
    [InlineData("""{"createdOn":"2026-03-04T05:06:07.000Z","updatedOn":null}""", false)]
    [InlineData("""{"updatedOn":""", false)]
    public void A_whole_second_close_to_the_answer_is_in_doubt(string document, bool doubtful) =>
        Assert.Equal(doubtful, Instants.MayBeTimeOfRequest(Encoding.UTF8.GetBytes(document), ["updatedOn"], Received));
}
