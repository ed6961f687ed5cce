using Microsoft.AspNetCore.Http;

namespace Berth.Server.Http;

/// <summary>
/// Bodies in chunks. The web server reads their trailers as text and, where they are none, takes that for a fault of its own: whoever
/// reads the body would answer 500. Here that is what it is: a request that is not well-formed.
/// </summary>
internal static class ChunkedBodies
{
    /// <summary>Handles requests the same, but for those with a body in chunks.</summary>
    public static RequestDelegate Guard(RequestDelegate handle) => context =>
    {
        if (context.Request.Headers.TransferEncoding.Count > 0)
        {
            context.Request.Body = new StrangersBody(context.Request.Body);
        }

        return handle(context);
    };

    /// <summary>Reads as the web server does, and names its failure what it is.</summary>
    private sealed class StrangersBody(Stream body) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await body.ReadAsync(buffer, cancellationToken);
            }
            catch (InvalidOperationException error)
            {
                throw new BadHttpRequestException("The trailers of the body are no text.", error);
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
