using Npgsql;

namespace Berth.Storage.Postgres;

/// <summary>A file with a password, read whenever a connection is opened: connections that are open need none.</summary>
internal sealed class PasswordFile(string path)
{
    private const int MaxBytes = 4_096;

    /// <summary>Has a source ask the file.</summary>
    public void Give(NpgsqlDataSourceBuilder builder) => builder.UsePasswordProvider(_ => Read(), (_, _) => new ValueTask<string>(Read()));

    /// <summary>A connection string with the password as it is now.</summary>
    public string Into(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Password = Read() }.ConnectionString;

    /// <summary>The password. A file that cannot be read is a server that lets nobody in: it is tried again as that is.</summary>
    private string Read()
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= MaxBytes
                ? System.Text.Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\r', '\n')
                : throw new NpgsqlException($"the password file {path} has more than {MaxBytes} bytes");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NpgsqlException($"the password file {path} cannot be read: {error.Message}", error);
        }
    }
}
