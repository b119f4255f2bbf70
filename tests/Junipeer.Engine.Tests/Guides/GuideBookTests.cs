using System.Text.RegularExpressions;
using Junipeer.Guides;
using Junipeer.Operations;
using Xunit;

namespace Junipeer.Tests.Guides;

/// <summary>The guides hold what people need to set a pair up, every row and field of it, and offer no command that is not there.</summary>
public sealed partial class GuideBookTests
{
    private static readonly string[] Commands =
        ["Connect-Brightpearl", "Get-JunipeerConnection", "Test-JunipeerConnection", "Invoke-BrightpearlExport", "Invoke-BrightpearlRequest", "Get-JunipeerGuide"];

    private static readonly string[] Later = ["Connect-BigQuery", "Get-BigQueryDataset", "Connect-Norce"];

    [Theory]
    [InlineData("BigQuery,Brightpearl", "BigQuery,Brightpearl,Both")]
    [InlineData("brightpearl,bigquery", "BigQuery,Brightpearl,Both")]
    [InlineData("Norce,Brightpearl", "Brightpearl,Norce,Both")]
    [InlineData("Norce", "Brightpearl,Norce,Both")]
    [InlineData("Brightpearl", "BigQuery,Brightpearl,Both,Brightpearl,Norce,Both")]
    [InlineData("", "BigQuery,Brightpearl,Both,Brightpearl,Norce,Both")]
    public void A_pair_is_found_in_any_order(string pair, string systems) =>
        Assert.Equal(systems.Split(','), GuideBook.Read(pair.Split(',', StringSplitOptions.RemoveEmptyEntries), Commands).Select(g => g.System));

    [Theory]
    [InlineData("BigQuery,Norce")]
    [InlineData("Brightpearl,Brightpearl")]
    [InlineData("Brightpearl,Shop")]
    [InlineData("Brightpearl,Norce,BigQuery")]
    public void A_pair_without_a_guide_is_told(string pair)
    {
        var fault = Assert.Throws<JunipeerException>(() => GuideBook.Read(pair.Split(','), Commands)).Fault;
        Assert.Equal("Junipeer.Guide.UnknownPair", fault.Id);
        Assert.Equal(FaultCategory.InvalidArgument, fault.Category);
        Assert.Contains("BigQuery, Brightpearl", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("Brightpearl, Norce", fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_guide_says_how_and_how_long_and_ends_with_a_proof()
    {
        foreach (var guide in GuideBook.Read(null, [.. Commands, .. Later]))
        {
            Assert.True(guide.IsAvailable);
            Assert.NotEmpty(guide.Authentication);
            Assert.NotEmpty(guide.Lasts);
            Assert.NotEmpty(guide.AtHand);
            Assert.InRange(guide.MinimumMinutes, 1, guide.MaximumMinutes);
            Assert.StartsWith("Getting started: credentials, set-up steps and the key guides for this pair.", guide.Summary, StringComparison.Ordinal);
            Assert.Equal(Enumerable.Range(1, guide.Steps.Count), guide.Steps.Select(s => s.Step));
            Assert.Contains(guide.Steps[^1].Commands, c => c.Text.StartsWith("Test-JunipeerConnection", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_command_that_is_not_there_is_never_offered()
    {
        foreach (var guide in GuideBook.Read(null, Commands))
        {
            var offered = guide.Steps.SelectMany(s => s.Commands).SelectMany(c => Named().Matches(c.Text)).Select(m => m.Value);
            Assert.Subset(Commands.ToHashSet(), offered.ToHashSet());
            Assert.Equal(guide.System == "Brightpearl", guide.IsAvailable);
            if (guide.IsAvailable) Assert.All(guide.Steps, s => Assert.Empty(s.Planned));
            else Assert.Contains(guide.Notes, n => n.Contains("comes with a later version", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Without_its_connector_a_guide_proves_nothing()
    {
        var norce = GuideBook.Read(["Norce"], Commands).Single(g => g.System == "Norce");
        Assert.DoesNotContain(norce.Steps, s => s.Commands.Count > 0);
        Assert.Contains(norce.Steps[^1].Planned, c => c.Text.StartsWith("Test-JunipeerConnection", StringComparison.Ordinal));
    }

    // Rows of the pairs' own guides: authentication, life, minutes, and a step for each word group, in order.
    [Theory]
    [InlineData("BigQuery", "OAuth 2", "until access is revoked, disconnected, or re-authentication is required", "3",
        "open the connector|choose connect;google sign-in|sign in with the google account that can reach the project and dataset|review the requested access;only if account and permissions are right|pick the project or dataset when asked|return and verify that the connector shows as connected")]
    [InlineData("Brightpearl", "OAuth 2", "client credentials stay valid until rotated or revoked; access tokens are short-lived;generated from them", "10-15",
        "confirm the account context;the right account code and environment, before authorising|use the agreed app;confirm which app or client belongs to this integration|authorise for the right merchant account and environment|save the account-specific identifiers;account code, app reference and related ids|enter the agreed values|verify the connection")]
    [InlineData("Norce", "OAuth 2 (client credentials)", "client credentials are valid until rotated or revoked; access tokens are short-lived;generated from them", "10",
        "open where api accounts or oauth2 clients are managed for the tenant|create or choose a dedicated client|copy client id and secret for the right environment|confirm the environment's base url|enter client id, secret and any environment-specific url|verify the connection")]
    public void Every_row_of_a_system_is_there(string system, string authentication, string lasts, string minutes, string steps)
    {
        var guide = GuideBook.Read([system], Commands).First(g => g.System == system);
        Assert.StartsWith(authentication, guide.Authentication, StringComparison.Ordinal);
        Assert.All(lasts.Split("; ").SelectMany(l => l.Split(';')), fact => Assert.Contains(fact, guide.Lasts, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(minutes, guide.Minutes);
        var expected = steps.Split('|');
        Assert.Equal(expected.Length, guide.Steps.Count);
        for (var i = 0; i < expected.Length; i++)
            Assert.All(expected[i].Split(';'), words => Assert.Contains(words, $"{guide.Steps[i].Title}. {guide.Steps[i].Detail}", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Both_kinds_of_authentication_say_what_they_ask_for_and_where_it_is()
    {
        var guide = Brightpearl();
        Assert.Equal("Brightpearl by Sage: retail ERP for inventory, orders, accounting.", guide.About);
        Assert.Equal(["Basic (staff token)", "OAuth 2"], guide.Methods.Select(m => m.Name));
        Assert.Equal(["staff token", "account id"], guide.Methods.Select(m => m.Asks));
        Assert.Contains("No provisioning", guide.Methods[0].Needs, StringComparison.Ordinal);
        Assert.Contains("App Store > Private Apps", guide.Methods[0].Where, StringComparison.Ordinal);
        Assert.Contains("made in the developer account: Apps > New App", guide.Methods[1].Needs, StringComparison.Ordinal);
        Assert.Contains(guide.Notes, n => n.StartsWith("Webhooks: not supported", StringComparison.Ordinal));
        Assert.Contains(guide.Notes, n => n.StartsWith("API client: Invoke-BrightpearlRequest", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_variable_of_the_platform_is_named()
    {
        string[] names = ["STAFF_TOKEN", .. new[] { "EXPIRES_AT", "TOKEN_TYPE", "EXPIRES_IN", "REFRESH_TOKEN", "ACCOUNT", "ACCESS_TOKEN", "INSTALLATION_INSTANCE_ID", "API_DOMAIN" }.Select(n => "OAUTH_" + n)];
        Assert.Equal(names.Select(n => "PAN_SEC_BRIGHTPEARL-" + n).Order(StringComparer.Ordinal), Brightpearl().Variables.Select(v => v.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("data center", true, "DataCenter", null, "First label of the account's web address: euw1 in euw1.brightpearlapp.com")]
    [InlineData("account", true, "Account", null, "The account to reach")]
    [InlineData("state length", true, "StateLength", "64", "length of the random state string made for the sign-in")]
    [InlineData("scope", true, "Scope", null, "The access to ask for")]
    [InlineData("client ID", true, "AppReference", null, "The app's reference")]
    [InlineData("secret", true, "ClientSecret", null, "The app's client secret")]
    [InlineData("response authentication token key", true, "TokenKey", "access_token", "access_token")]
    [InlineData("grant type", true, "GrantType", "authorization_code", "authorization_code")]
    [InlineData("response type key", false, "ResponseType", "code", "code")]
    [InlineData("OAuth callback URL", false, "RedirectUri", "http://127.0.0.1:53682/callback", "differs between production and staging")]
    [InlineData("client type", false, "ClientType", "Confidential", "confidential")]
    [InlineData("authorised code", false, "AuthorizationCode", null, "the code itself, when the browser step happened elsewhere")]
    public void Every_field_others_ask_for_has_its_parameter(string name, bool required, string parameter, string? standard, string note)
    {
        var field = Assert.Single(Brightpearl().Fields, f => f.Name == name);
        Assert.Equal(12, Brightpearl().Fields.Count);
        Assert.Equal((required, parameter), (field.Required, field.Parameter));
        Assert.StartsWith(standard ?? string.Empty, field.Default ?? string.Empty, StringComparison.Ordinal);
        Assert.Equal(standard is null, field.Default is null);
        Assert.Contains(note, field.Note, StringComparison.Ordinal);
    }

    private static SetupGuide Brightpearl() => GuideBook.Read(["Norce"], Commands).Single(g => g.System == "Brightpearl");

    [GeneratedRegex(@"\b[A-Z][a-z]+-(?:Junipeer|Brightpearl|Norce|BigQuery)[A-Za-z]*\b")]
    private static partial Regex Named();
}
