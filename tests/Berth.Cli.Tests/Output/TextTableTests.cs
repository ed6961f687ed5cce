using Berth.Cli.Output;
using Berth.Protocol;

namespace Berth.Cli.Tests.Output;

public sealed class TextTableTests
{
    private static readonly DateTimeOffset _time = new(2026, 11, 22, 2, 50, 38, 900, TimeSpan.Zero);

    [Fact]
    public void The_table_is_relays_byte_for_byte() =>
        LicenseTable.Of([Entry("60b2490f-063e-592f-bb00-f82025dc461a") with { Held = 1, Holder = 1, Claims = 2, LastClaimedAt = _time, LastReleasedAt = _time }])
            .ToString().ShouldBe(
            """
            | id                                   | pool | claims | node_id | last_claimed_at      | last_released_at     |
            +--------------------------------------+------+--------+---------+----------------------+----------------------+
            | 60b2490f-063e-592f-bb00-f82025dc461a | -    | 2      | 1       | 2026-11-22T02:50:38Z | 2026-11-22T02:50:38Z |

            """);

    [Fact]
    public void Several_seats_print_as_a_count_and_widths_are_bytes() =>
        LicenseTable.Of([Entry("a") with { Pool = "größer", Seats = 10, Held = 3 }]).ToString().ShouldBe(
            """
            | id | pool     | claims | node_id | last_claimed_at | last_released_at |
            +----+----------+--------+---------+-----------------+------------------+
            | a  | größer | 0      | 3/10    | -               | -                |

            """);

    [Fact]
    public void Rows_stand_by_their_place_and_then_as_they_came()
    {
        var table = new TextTable("x");
        foreach (var (place, cell) in new[] { (2, "c"), (1, "a"), (2, "d"), (1, "b") })
        {
            table.AddAt(place, cell);
        }

        table.ToString().ShouldBe("| x |\n+---+\n| a |\n| b |\n| c |\n| d |\n");
    }

    private static LicenseEntry Entry(string id) => new(id, "-", 1, 0, null, 0, _time, null, null, null, false, []);
}
