namespace Junipeer.Tests.Connections;

/// <summary>A machine whose clock is off.</summary>
internal sealed class ShiftedTime(TimeSpan off) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + off;
}
