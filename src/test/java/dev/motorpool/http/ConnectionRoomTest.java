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
}
