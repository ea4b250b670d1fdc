package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionRoomTest {

    @Test
    void isHalfOfTheHeapWithinItsBounds() {
        assertThat(ConnectionRoom.in(1 << 20)).isEqualTo(256);
        assertThat(ConnectionRoom.in(512 << 20)).isEqualTo(2_048);
        assertThat(ConnectionRoom.in(64L << 30)).isEqualTo(20_000);
    }

    @Test
    void oneAddressDoesNotGetThemAll() {
        assertThat(ConnectionRoom.share(2_048)).isEqualTo(1_536);
        assertThat(ConnectionRoom.share(20_000)).isEqualTo(15_000);
        assertThat(ConnectionRoom.share(1_000_000)).isEqualTo(15_000);
        assertThat(ConnectionRoom.share(-1)).isEqualTo(15_000);
        assertThat(ConnectionRoom.share(1)).isEqualTo(1);
    }

    @Test
    void ofItsShareACallerHasSomeLeftForCalls() {
        for (int connections : new int[] {-1, 256, 2_048, 20_000, 1_000_000}) {
            assertThat(ConnectionRoom.lastingShare(connections))
                    .isPositive()
                    .isLessThan(ConnectionRoom.share(connections));
        }
        assertThat(ConnectionRoom.lastingShare(1)).isEqualTo(1);
        assertThat(ConnectionRoom.lastingShare(20_000)).isEqualTo(12_000);
    }
}
