namespace Junipeer.Http;

/// <summary>
/// Stands for the exception behind a fault. Its text went through the redactor, which the exception's own message never
/// did, and it holds no request object, whose headers carry the token.
/// </summary>
internal class CleanedException(string description) : Exception(description.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? description[..end] : description)
{
    /// <summary>The whole text, stack and inner exceptions included.</summary>
    public override string ToString() => description;
}
