namespace Junipeer.Connections.Checks;

/// <summary>How long the token lives, and what happens then.</summary>
internal static class TokenLifetimeCheck
{
    public const string Name = "TokenLifetime";

    public static ConnectionCheck Run(CheckMaker make, JunipeerConnection connection, string connect, TokenKeeper token, bool wasRefused)
    {
        if (token.ExpiresAt is not { } end)
            return wasRefused ? make.Skipped("the token was refused", Name).Single() : make.Passed(Name, connection.Authentication == "OAuth" ? "no end told" : "has no end; lives until it is changed or revoked");
        var left = end - DateTimeOffset.UtcNow;
        var when = left > TimeSpan.Zero ? $"ends in {Words(left)}" : $"ended {Words(-left)} ago";
        if (token.CanRenew) return make.Passed(Name, $"{when}, and is renewed by itself");
        return make.Warning(Name, when, $"The access token {when}, and nothing here can renew it.",
            connection.IsReadOnly
                ? "Renew it where it comes from before then, or give renewed tokens a place with -Vault or -OnTokenChanged."
                : $"Connect again before then: {connect}",
            "Junipeer.Token.Expired");
    }

    private static string Words(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => $"{time.TotalDays:0} days",
        { TotalHours: >= 2 } => $"{time.TotalHours:0} hours",
        { TotalMinutes: >= 2 } => $"{time.TotalMinutes:0} minutes",
        _ => $"{time.TotalSeconds:0} seconds",
    };
}
