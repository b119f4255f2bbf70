using Junipeer.Operations;

namespace Junipeer.Http;

/// <summary>One call as the caller means it; it may take several requests.</summary>
internal sealed class ApiCall
{
    public required HttpMethod Method { get; init; }

    public required Uri Address { get; init; }

    /// <summary>The address as messages name it: without host and account.</summary>
    public required string Path { get; init; }

    /// <summary>JSON in UTF-8; it must stand until the call has ended.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>Headers of this call alone.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public required double Share { get; init; }

    public required RequestLedger Ledger { get; init; }

    public required IOperationSink Sink { get; init; }

    /// <summary>False for a single try, as a check makes it.</summary>
    public bool Retries { get; init; } = true;

    /// <summary>Reading twice does no harm; anything else could have been executed although no answer came.</summary>
    public bool IsRepeatable => Method == HttpMethod.Get || Method == HttpMethod.Options || Method == HttpMethod.Head;

    /// <summary>Requests made so far.</summary>
    public int Attempts { get; set; }

    /// <summary>Answers so far that said the quota is used up.</summary>
    public int Throttles { get; set; }

    /// <summary>The version of the secret the last attempt was made with.</summary>
    public int SecretVersion { get; set; }

    /// <summary>When the first attempt failed, by the pipeline's clock.</summary>
    public long? OutageSince { get; set; }
}
