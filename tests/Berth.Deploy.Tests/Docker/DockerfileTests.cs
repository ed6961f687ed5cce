using Berth.Deploy.Tests.Product;
using Berth.Server;
using Berth.Server.Management;

namespace Berth.Deploy.Tests.Docker;

/// <summary>The image is made from what is there and starts what the program is.</summary>
public sealed class DockerfileTests
{
    private const int Build = 1;

    private readonly Dockerfile _file = Dockerfile.OfProduct;

    [Fact]
    public void What_is_copied_exists_and_is_not_left_out()
    {
        var sources = _file.All("COPY", Build).SelectMany(text => text.Split(' ')[..^1]).ToList();
        sources.ShouldNotBeEmpty();
        sources.ShouldAllBe(source => Path.Exists(Repository.File(source)));
        var kept = Repository.Read("docker/Dockerfile.dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]);
        kept.ShouldBe(sources, ignoreOrder: true);
    }

    [Fact]
    public void The_program_is_built_as_a_release_is()
    {
        var run = _file.All("RUN", Build);
        var publish = run[0].Split(' ');
        publish[0].ShouldBe("./eng/publish");
        Repository.Read("eng/publish").ShouldContain($"{publish[1]}) out=$2");
        var made = publish[2];
        run[1].Split(' ')[2..].ShouldBe(["/image/data", "/image/run/berth"]);
        _file.All("COPY", _file.Stages).Select(text => text.Split(' ')[^2..]).ShouldBe(
            [[made + "/", made["/image".Length..] + "/"], ["/image/data/", "/data/"], ["/image/run/berth/", "/run/berth/"]]);
    }

    [Fact]
    public void Base_images_can_be_taken_from_anywhere_and_have_a_version()
    {
        var arguments = _file.All("ARG", 0).Select(text => text.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        arguments.Keys.ShouldBe(["REGISTRY", "SDK_IMAGE", "BASE_IMAGE"]);
        arguments.Where(one => one.Key != "REGISTRY").ShouldAllBe(one => one.Value.StartsWith("${REGISTRY}/") && one.Value.Contains(":10.0"));
        Enumerable.Range(1, _file.Stages).Select(stage => _file.All("FROM", stage)[0].Split(' ')[0]).ShouldBe(["${SDK_IMAGE}", "${BASE_IMAGE}"]);
    }

    [Fact]
    public void The_container_s_command_is_the_program_s_and_keeps_its_files_where_they_last()
    {
        _file.Final("USER").ShouldBe("10001:10001");
        ServeArguments.Unknown(_file.Environment.Keys).ShouldBeEmpty();
        Dockerfile.Exec(_file.Final("ENTRYPOINT")).ShouldBe(["/usr/local/bin/berth"]);
        var options = ServeArguments.Read(Dockerfile.Exec(_file.Final("CMD")), _file.Environment);
        var volume = Dockerfile.Exec(_file.Final("VOLUME")).ShouldHaveSingleItem();
        options.Store.ShouldBe($"sqlite:{volume}/berth.sqlite");
        _file.Final("WORKDIR").ShouldBe(volume);
        _file.Final("STOPSIGNAL").ShouldBe("SIGTERM");
        _file.Final("EXPOSE").Split(' ').Select(int.Parse).ShouldBe([options.EdgePort, ClusterOptions.DefaultPort, ManagementPortOptions.DefaultPort]);
        _file.Final("ARG").ShouldBe("VERSION=" + Cli.Verbs.VersionVerb.Current);
    }

    [Fact]
    public void Health_is_asked_for_by_the_program_itself()
    {
        var check = _file.Final("HEALTHCHECK");
        var command = Dockerfile.Exec(check[check.IndexOf("CMD ", StringComparison.Ordinal)..]);
        command[0].ShouldBe(Dockerfile.Exec(_file.Final("ENTRYPOINT"))[0]);
        ServeArguments.VerbOf([.. command.Skip(1)]).ShouldBe("ping");
    }
}
