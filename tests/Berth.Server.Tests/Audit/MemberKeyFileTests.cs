using Berth.Server.Audit;
using Berth.Testing;
using Berth.Testing.Processes;

namespace Berth.Server.Tests.Audit;

public sealed class MemberKeyFileTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly RecordedLog _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_key_is_made_once_for_its_owner_alone_and_signs()
    {
        var path = _folder.File("x.key");
        var made = MemberKeyFile.Open(path, _log)!;
        var again = MemberKeyFile.Open(path, _log)!;
        again.PublicKey.ToArray().ShouldBe(made.PublicKey.ToArray());
        (OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite)).ShouldBeTrue();
        byte[] message = [1, 2, 3];
        MemberKeyFile.Check(made.PublicKey.Span, message, again.Sign(message)).ShouldBeTrue();
        MemberKeyFile.Check(made.PublicKey.Span, [1, 2], again.Sign(message)).ShouldBeFalse();
        Directory.GetFiles(_folder.Path).ShouldBe([path]);
    }

    [Fact]
    public void A_file_that_is_no_key_is_refused_and_left()
    {
        var path = _folder.File("x.key");
        File.WriteAllText(path, "not a key");
        Should.Throw<IOException>(() => MemberKeyFile.Open(path, _log)).Message.ShouldContain("64 hexadecimal digits");
        File.ReadAllText(path).ShouldBe("not a key");
    }
}
