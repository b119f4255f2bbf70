using System.Collections.Concurrent;
using Junipeer.Sandbox.Brightpearl;

namespace Junipeer.Sandbox.Google;

/// <summary>Where the service is known to vary, or its behaviour is not documented, both ways are here.</summary>
internal sealed class GoogleQuirks
{
    public static readonly Quirk[] All =
    [
        new("shortPages", "off", ["on", "off"], "a page holds half of what was asked for, and still has a token"),
        new("refreshTokenOnFirstConsent", "off", ["on", "off"], "access_type=offline alone brings a refresh token at a person's first consent; off: prompt=consent is always needed"),
        new("goneSession", "404", ["404", "410"], "answer for an upload session whose time is over"),
        new("optionalJob", "none", ["none", "job"], "jobs.query with JOB_CREATION_OPTIONAL answers a short query without a job, or with one"),
        new("gzip", "on", ["on", "off"], "compress answers over 1 KB for clients that accept it"),
    ];

    private readonly ConcurrentDictionary<string, string> _values = new(All.ToDictionary(q => q.Name, q => q.Default), StringComparer.OrdinalIgnoreCase);

    public string this[string name] => _values[name];

    /// <summary>Sets a quirk; the message says what is wrong, or null.</summary>
    public string? Set(string name, string value)
    {
        Quirk? quirk = Array.Find(All, q => string.Equals(q.Name, name, StringComparison.OrdinalIgnoreCase));
        if (quirk is null)
        {
            return $"There is no quirk '{name}'. Known: {string.Join(", ", All.Select(q => q.Name))}.";
        }

        if (!quirk.Values.Contains(value))
        {
            return $"Quirk '{quirk.Name}' takes {string.Join(" or ", quirk.Values)}, not '{value}'.";
        }

        _values[quirk.Name] = value;
        return null;
    }
}
