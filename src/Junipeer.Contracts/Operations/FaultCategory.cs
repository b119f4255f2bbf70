namespace Junipeer.Operations;

/// <summary>What kind of mistake a fault is; each maps to one PowerShell error category.</summary>
public enum FaultCategory
{
    /// <summary>The caller's input is wrong.</summary>
    InvalidArgument,

    /// <summary>The system's answer could not be understood.</summary>
    InvalidData,

    /// <summary>The thing asked for does not exist.</summary>
    ObjectNotFound,

    /// <summary>The secret was refused.</summary>
    AuthenticationError,

    /// <summary>The secret is good, the right is missing.</summary>
    PermissionDenied,

    /// <summary>The quota stayed exhausted through every retry.</summary>
    LimitsExceeded,

    /// <summary>The system could not be reached or broke the connection.</summary>
    ConnectionError,

    /// <summary>Something took longer than it may.</summary>
    OperationTimeout,

    /// <summary>A file, warehouse, vault or lease cannot be used now.</summary>
    ResourceUnavailable,

    /// <summary>A file, warehouse, vault or lease is in use by another.</summary>
    ResourceBusy,

    /// <summary>Writing failed.</summary>
    WriteError,

    /// <summary>Reading failed.</summary>
    ReadError,

    /// <summary>The operation does not fit the state of things.</summary>
    InvalidOperation,

    /// <summary>Not done by this version.</summary>
    NotSupported,
}
