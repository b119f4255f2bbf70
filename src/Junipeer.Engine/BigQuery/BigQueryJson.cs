using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Apis;
using Google.Apis.Json;

namespace Junipeer.BigQuery;

/// <summary>
/// The serializer Google's library uses for our requests and answers: System.Text.Json, with the library's own kind of
/// exception for what is no JSON, because with another one an HTML error page would hide the status it came with.
/// </summary>
internal sealed class BigQueryJson : IJsonSerializer
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
    };

    private readonly NewtonsoftJsonSerializer _google = NewtonsoftJsonSerializer.Instance;

    public string Format => "json";

    public void Serialize(object obj, Stream target) => JsonSerializer.Serialize(target, obj, obj.GetType(), Options);

    public string Serialize(object obj) => JsonSerializer.Serialize(obj, obj.GetType(), Options);

    public T Deserialize<T>(string input) => IsOurs(typeof(T)) ? Read<T>(() => JsonSerializer.Deserialize<T>(input, Options)!) : _google.Deserialize<T>(input);

    public object Deserialize(string input, Type type) => IsOurs(type) ? Read(() => JsonSerializer.Deserialize(input, type, Options)!) : _google.Deserialize(input, type);

    public T Deserialize<T>(Stream input) => IsOurs(typeof(T)) ? Read<T>(() => JsonSerializer.Deserialize<T>(input, Options)!) : _google.Deserialize<T>(input);

    /// <summary>The library's own shapes (errors, tokens) carry attributes only its own serializer knows.</summary>
    private static bool IsOurs(Type type) => type.Namespace?.StartsWith("Junipeer", StringComparison.Ordinal) == true;

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (JsonException error)
        {
            throw new Newtonsoft.Json.JsonSerializationException(error.Message, error);
        }
    }
}
