using Junipeer.Records;
using Xunit;

namespace Junipeer.Engine.Tests.Records;

/// <summary>Random sets against the plainest thing that does the same.</summary>
public sealed class IdSetTests
{
    public static TheoryData<int> Seeds => new(Enumerable.Range(1, 60));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void It_does_what_a_hash_set_does(int seed)
    {
        var random = new Random(seed);
        var (one, plainOne) = Make(random);
        var (other, plainOther) = Make(random);
        AssertSame(plainOne, one);
        AssertSame(plainOne.Union(plainOther), one.Union(other));
        AssertSame(plainOne.Except(plainOther), one.Except(other));
        AssertSame(plainOther.Except(plainOne), other.Except(one));
        AssertSame(plainOne.Intersect(plainOther), one.Intersect(other));
        Assert.Equal(one.Union(other), other.Union(one));
        Assert.Equal(one, one.Except(other).Union(one.Intersect(other)));
        for (var id = -2L; id < 320; id++) Assert.Equal(plainOne.Contains(id), one.Contains(id));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void It_reads_what_it_writes(int seed)
    {
        var (set, plain) = Make(new Random(seed));
        Assert.Equal(set, IdSet.Parse(set.ToString()));
        Assert.Equal(set.GetHashCode(), IdSet.Parse(set.ToString()).GetHashCode());

        // Also in another order, with repeats and blanks.
        var shuffled = plain.Concat(plain.Take(3)).OrderBy(id => (id * 7919) % 101).Select(id => $" {id} ");
        Assert.Equal(set, IdSet.Parse(string.Join(',', shuffled)));
        Assert.Equal(set, IdSet.Of(plain.OrderDescending()));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Chunks_are_full_ascending_and_lose_nothing(int seed)
    {
        var random = new Random(seed);
        var (set, plain) = Make(random);
        var size = random.Next(1, 40);
        var chunks = set.Chunk(size);
        Assert.Equal((plain.Count + size - 1) / size, chunks.Count);
        Assert.All(chunks.SkipLast(1), c => Assert.Equal(size, c.Count));
        Assert.All(chunks, c => Assert.InRange(c.Count, 1, size));
        Assert.Equal(plain.Order(), chunks.SelectMany(c => c.Enumerate()));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Halving_closes_in_on_every_id(int seed)
    {
        var random = new Random(seed);
        var (set, plain) = Make(random);
        if (plain.Count == 0) return;
        var wanted = plain.Order().ElementAt(random.Next(plain.Count));
        var steps = 0;
        while (set.Count > 1)
        {
            var (lower, upper) = set.Halve();
            Assert.Equal(set, lower.Union(upper));
            Assert.InRange(lower.Count - upper.Count, 0, 1);
            Assert.True(lower.Max < upper.Min);
            set = lower.Contains(wanted) ? lower : upper;
            steps++;
        }

        Assert.Equal(wanted, set.Min);
        Assert.InRange(steps, 0, 9);
    }

    [Fact]
    public void Ranges_that_touch_become_one_whatever_their_order()
    {
        var set = IdSet.OfRanges([(8, 10), (1, 3), (4, 5), (9, 20), (30, 30), (2, 2)]);
        Assert.Equal([(1L, 5L), (8L, 20L), (30L, 30L)], set.Ranges);
        Assert.Equal("1-5,8-20,30", set.ToString());
        Assert.Equal((19L, 1L, 30L), (set.Count, set.Min!.Value, set.Max!.Value));
    }

    [Fact]
    public void Nothing_is_a_set_too()
    {
        Assert.Equal(IdSet.Empty, IdSet.Parse(""));
        Assert.Equal(IdSet.Empty, IdSet.Of());
        Assert.Equal("", IdSet.Empty.ToString());
        Assert.Equal((0L, null, null), (IdSet.Empty.Count, IdSet.Empty.Min, IdSet.Empty.Max));
        Assert.Empty(IdSet.Empty.Chunk(5));
        Assert.False(IdSet.Empty.Contains(0));
        Assert.Equal(IdSet.Of(1), IdSet.Of(1).Union(IdSet.Empty));
        Assert.Equal(IdSet.Of(1), IdSet.Of(1).Except(IdSet.Empty));
        Assert.Equal(IdSet.Empty, IdSet.Empty.Except(IdSet.Of(1)));
        Assert.Equal(IdSet.Empty, IdSet.Of(1).Intersect(IdSet.Of(2)));
    }

    [Fact]
    public void Huge_ranges_cost_nothing()
    {
        const long most = 4_000_000_000_000_000_000;
        var set = IdSet.OfRanges([(1, most)]);
        Assert.Equal(most, set.Count);
        Assert.True(set.Contains(most));
        var holes = set.Except(IdSet.Of(5, most / 2));
        Assert.Equal($"1-4,6-{(most / 2) - 1},{(most / 2) + 1}-{most}", holes.ToString());
        Assert.Equal(holes, IdSet.Parse(holes.ToString()));
        Assert.Equal(IdSet.OfRanges([(most - 9, most)]), set.Intersect(IdSet.OfRanges([(most - 9, most + 9)])));
    }

    [Fact]
    public void The_highest_id_there_is_can_be_in_a_set()
    {
        var set = IdSet.OfRanges([(long.MaxValue - 2, long.MaxValue - 1), (long.MaxValue, long.MaxValue)]);
        Assert.Equal([(long.MaxValue - 2, long.MaxValue)], set.Ranges);
        Assert.Equal(3, set.Enumerate().Take(10).Count());
        Assert.Equal(IdSet.Of(long.MaxValue - 1, long.MaxValue), set.Except(IdSet.Of(long.MaxValue - 2)));
        Assert.Equal(IdSet.Of(long.MaxValue - 2), set.Except(IdSet.OfRanges([(long.MaxValue - 1, long.MaxValue)])));
        Assert.Equal(set, IdSet.OfRanges([(long.MaxValue, long.MaxValue), (long.MaxValue - 2, long.MaxValue)]));
        Assert.Equal(3, set.Chunk(1).Count);
    }

    [Fact]
    public void A_huge_set_can_be_halved()
    {
        var set = IdSet.OfRanges([(1, 10_000_000_000)]);
        var (lower, upper) = set.Halve();
        Assert.Equal((5_000_000_000L, 5_000_000_000L), (lower.Count, upper.Count));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("1,x-3", "x-3")]
    [InlineData("5-3", "5-3")]
    [InlineData("-5", "-5")]
    [InlineData("1-", "1-")]
    [InlineData("1--3", "1--3")]
    [InlineData("99999999999999999999", "99999999999999999999")]
    [InlineData("+1", "+1")]
    public void What_is_no_id_set_is_named(string text, string wrong)
    {
        Assert.False(IdSet.TryParse(text, out _, out var part));
        Assert.Equal(wrong, part);
        Assert.Contains(wrong, Assert.Throws<FormatException>(() => IdSet.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" 1 , 3 - 4 ,", "1,3-4")]
    [InlineData("1-1", "1")]
    [InlineData("0", "0")]
    public void White_space_and_loose_ends_do_not_matter(string text, string same) => Assert.Equal(same, IdSet.Parse(text).ToString());

    private static void AssertSame(IEnumerable<long> expected, IdSet actual)
    {
        var sorted = expected.Order().ToArray();
        Assert.Equal(sorted, actual.Enumerate());
        Assert.Equal(sorted.Length, actual.Count);
        for (var i = 1; i < actual.Ranges.Count; i++) Assert.True(actual.Ranges[i].First > actual.Ranges[i - 1].Last + 1);
    }

    // From sparse to dense, so that both lone ids and long ranges come up.
    private static (IdSet Set, HashSet<long> Plain) Make(Random random)
    {
        var density = random.NextDouble();
        var plain = Enumerable.Range(0, random.Next(1, 300)).Select(i => (long)i).Where(_ => random.NextDouble() < density).ToHashSet();
        return (IdSet.Of(plain.OrderBy(_ => random.Next())), plain);
    }
}
