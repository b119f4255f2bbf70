namespace Junipeer.Sandbox.Google.Data;

/// <summary>A refusal in the service's own words: the reason code, the message and, where there is one, the place.</summary>
internal class DataException(string reason, string message, string? location = null) : Exception(message)
{
    public string Reason { get; } = reason;

    public string? Location { get; } = location;
}
