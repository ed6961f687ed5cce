namespace Berth.Server.Http;

/// <summary>The second that an answer is stamped with, as a number and as text; one text for each second.</summary>
internal sealed class AnswerClock(TimeProvider time)
{
    private Second _last = new(0, "0");

    public Second Now
    {
        get
        {
            var unix = time.GetUtcNow().ToUnixTimeSeconds();
            var last = _last;
            return last.Unix == unix ? last : _last = new Second(unix, unix.ToString());
        }
    }

    internal sealed record Second(long Unix, string Text);
}
