using System.Security;
using System.Text;

namespace Junipeer.Connections;

/// <summary>
/// Secrets in files that only their owner may read, not encrypted: for accounts without any protected store, and only when
/// the user asked for it. The cmdlets warn each time.
/// </summary>
internal sealed class UnprotectedStore : ISecretStore
{
    public async ValueTask<SecureString?> ReadAsync(SecretReference reference, CancellationToken stop)
    {
        var file = PathOf(reference);
        try
        {
            return SecretText.Hide(await File.ReadAllTextAsync(file, stop).ConfigureAwait(false));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.Unreadable(file, error.Message, error);
        }
    }

    public ValueTask WriteAsync(JunipeerConnection connection, SecureString secret, CancellationToken stop)
    {
        var file = PathOf(connection.SecretReference);
        try
        {
            DataFolder.Replace(DataFolder.File("secrets", Path.GetFileName(file)), Encoding.UTF8.GetBytes(SecretText.Reveal(secret)));
            return default;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.Unwritable(file, error.Message, error);
        }
    }

    public ValueTask RemoveAsync(SecretReference reference, CancellationToken stop)
    {
        var file = PathOf(reference);
        try
        {
            if (File.Exists(file)) File.Delete(file);
            return default;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.Unwritable(file, error.Message, error);
        }
    }

    private static string PathOf(SecretReference reference) => Path.Combine(DataFolder.Path, "secrets", reference.Name + ".json");
}
