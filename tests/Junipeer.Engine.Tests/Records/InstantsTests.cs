using System.Globalization;
using System.Text;
using Junipeer.Records;
using Xunit;

namespace Junipeer.Tests.Records;

public sealed class InstantsTests
{
    private static readonly string[] Zones = ["America/Chicago", "America/St_Johns", "Europe/London", "Pacific/Auckland", "Pacific/Chatham", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe", "UTC"];

    [Fact]
    public void Random_instants_in_every_offset_come_back_to_the_tick()
    {
        var random = new Random(20260308);
        for (var i = 0; i < 20_000; i++)
        {
            var offset = TimeSpan.FromMinutes(random.Next(-14 * 60, (14 * 60) + 1));
            var instant = new DateTimeOffset(random.NextInt64(DateTime.UnixEpoch.Ticks, new DateTime(2200, 1, 1).Ticks), TimeSpan.Zero).ToOffset(offset);
            var text = instant.ToString(random.Next(3) switch { 0 => "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", 1 => "yyyy-MM-dd'T'HH:mm:ss.fffzzz", _ => "yyyy-MM-dd'T'HH:mm:sszzz" }, CultureInfo.InvariantCulture);
            if (random.Next(2) == 0) text = text[..^3] + text[^2..];
            var expected = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
            Assert.True(Instants.TryParse(Utf8(text), out var ticks, out var shift), text);
            Assert.Equal((expected.UtcTicks, offset.Ticks), (ticks, shift));
        }
    }

    [Fact]
    public void A_date_is_the_day_meant_in_every_zone_on_every_day_of_a_year_with_two_switches()
    {
        foreach (var id in Zones)
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
            for (var day = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Unspecified); day.Year == 2026; day = day.AddDays(1))
            {
                var expected = DateOnly.FromDateTime(day).DayNumber;

                // Midnight UTC, shown in the account's time.
                var shown = TimeZoneInfo.ConvertTime(new DateTimeOffset(day, TimeSpan.Zero), zone);
                Assert.True(Instants.TryParseDate(Utf8(Show(shown)), out var found), Show(shown));
                Assert.Equal((Show(shown), expected), (Show(shown), found));

                // Midnight of the account.
                if (zone.IsInvalidTime(day)) continue;
                var local = new DateTimeOffset(day, zone.GetUtcOffset(day));
                Assert.True(Instants.TryParseDate(Utf8(Show(local)), out found), Show(local));
                Assert.Equal((Show(local), expected), (Show(local), found));
            }
        }
    }

    [Theory]
    [InlineData("2026-03-02T10:39:46.000-06:00")]
    [InlineData("2026-03-02T12:00:00Z")]
    [InlineData("2026-03-01T17:00:00.000-06:00")]
    [InlineData("2026-03-01T00:00:00.001Z")]
    public void A_time_of_day_is_no_date(string text) => Assert.False(Instants.TryParseDate(Utf8(text), out _));

    [Theory]
    [InlineData("2026-01-19T18:00:00.000-06:00", "2026-01-20")]
    [InlineData("2026-01-20T00:00:00.000-06:00", "2026-01-20")]
    [InlineData("2026-06-19T19:00:00.000-05:00", "2026-06-20")]
    [InlineData("2026-01-20T13:00:00.000+13:00", "2026-01-20")]
    [InlineData("2024-02-29", "2024-02-29")]
    public void Both_notations_of_a_date_give_the_date(string text, string date)
    {
        Assert.True(Instants.TryParseDate(Utf8(text), out var day));
        Assert.Equal(date, DateOnly.FromDayNumber(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026")]
    [InlineData("2026-02-30T10:00:00Z")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("2026-00-10T10:00:00Z")]
    [InlineData("0000-01-10T10:00:00Z")]
    [InlineData("2026-01-10T24:00:00Z")]
    [InlineData("2026-01-10T10:60:00Z")]
    [InlineData("2026-01-10T10:00:60Z")]
    [InlineData("2026-01-10T10:00:00")]
    [InlineData("2026-01-10T10:00:00.Z")]
    [InlineData("2026-01-10T10:00:00+1")]
    [InlineData("2026-01-10T10:00:00+15:00")]
    [InlineData("2026-01-10T10:00:00+14:01")]
    [InlineData("2026-01-10T10:00:00+01:60")]
    [InlineData("2026-01-10T10:00:00Zx")]
    [InlineData("2026/01/10T10:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("２026-01-10T10:00:00Z")]
    public void What_is_no_instant_is_refused(string text) => Assert.False(Instants.TryParse(Utf8(text), out _, out _));

    [Theory]
    [InlineData("2026-01-10T10:00Z")]
    [InlineData("2026-01-10 10:00:00.5+00:00")]
    [InlineData("2026-01-10T10:00:00,123456789-0330")]
    [InlineData("2026-01-10T10:00:00+02")]
    [InlineData("2026-01-10T10:00:00-14:00")]
    public void Every_accepted_instant_fits_a_DateTimeOffset(string text)
    {
        Assert.True(Instants.TryParse(Utf8(text), out var ticks, out var offset));
        Assert.Equal(ticks, new DateTimeOffset(ticks + offset, TimeSpan.FromTicks(offset)).UtcTicks);
    }

    [Fact]
    public void A_period_bound_is_utc_whatever_the_offset_and_the_culture()
    {
        var kept = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("ar-SA");
            Assert.Equal("2026-03-08T08:30:00.250Z", Instants.ToIso(new DateTimeOffset(2026, 3, 8, 2, 30, 0, 250, TimeSpan.FromHours(-6))));
        }
        finally
        {
            CultureInfo.CurrentCulture = kept;
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Show(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
}
