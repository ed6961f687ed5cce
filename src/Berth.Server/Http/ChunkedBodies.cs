using Microsoft.AspNetCore.Http;

namespace Berth.Server.Http;

/// <summary>
/// Bodies in chunks. The web server reads their trailers as text and, where they are none, takes that for a fault of its own: an error
/// in the log for each, and a 500 from whoever reads the body. Here that is what it is: a request that is not well-formed.
/// </summary>
internal static class ChunkedBodies
{
    /// <summary>For how long the rest of a body is awaited after the answer, as the web server does it.</summary>
    private static readonly TimeSpan _rest = TimeSpan.FromSeconds(5);

    /// <summary>Handles requests the same, but for those with a body in chunks.</summary>
    public static RequestDelegate Guard(RequestDelegate handle) =>
        context => context.Request.Headers.TransferEncoding.Count == 0 ? handle(context) : HandleAsync(context, handle);

    private static async Task HandleAsync(HttpContext context, RequestDelegate handle)
    {
        var body = new StrangersBody(context.Request.Body);
        context.Request.Body = body;
        await handle(context);
        await context.Response.CompleteAsync();
        await body.DrainAsync(_rest);
        if (body.Malformed is { } malformed)
        {
            // Ends the connection after the answer; otherwise the web server reads on and fails once more.
            throw malformed;
        }
    }

    /// <summary>Reads as the web server does, and names its failure what it is.</summary>
    private sealed class StrangersBody(Stream body) : Stream
    {
        public BadHttpRequestException? Malformed { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <summary>Reads what nobody asked for. Where that cannot be done the web server says so to the sender.</summary>
        public async Task DrainAsync(TimeSpan most)
        {
            using var limit = new CancellationTokenSource(most, TimeProvider.System);
            var scratch = new byte[4096];
            try
            {
                while (Malformed is null && await ReadAsync(scratch, limit.Token) > 0)
                {
                    limit.Token.ThrowIfCancellationRequested();
                }
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                Malformed ??= error as BadHttpRequestException;
            }
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await body.ReadAsync(buffer, cancellationToken);
            }
            catch (InvalidOperationException error)
            {
                throw Malformed = new BadHttpRequestException("The trailers of the body are no text.", error);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
