package dev.motorpool.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class ConnectionRoomTest {

    @Test
    void isHalfOfTheHeapWithinItsBounds() {
        assertThat(ConnectionRoom.in(1 << 20)).isEqualTo(256);
        assertThat(ConnectionRoom.in(512 << 20)).isEqualTo(2_048);
        assertThat(ConnectionRoom.in(64L << 30)).isEqualTo(20_000);
    }

    @Test
    void leavesFilesToOthers() {
        assertThat(ConnectionRoom.byFiles(1_024)).isEqualTo(576);
        assertThat(ConnectionRoom.byFiles(64)).isEqualTo(16);
        assertThat(ConnectionRoom.byFiles(1 << 20)).isGreaterThan(20_000);
        assertThat(ConnectionRoom.byFiles(Long.MAX_VALUE)).isPositive();
    }

    @Test
    void isNoMoreThanTheFilesThatMayBeOpen() {
        MockEnvironment environment = new MockEnvironment();
        environment.setProperty("server.tomcat.max-connections", "2000000000");
        int most = ConnectionRoom.of(environment);
        assertThat(most).isLessThan(2_000_000_000);
        environment.setProperty("server.tomcat.max-connections", "-1");
        assertThat(ConnectionRoom.of(environment)).isEqualTo(most);
        environment.setProperty("server.tomcat.max-connections", "10");
        assertThat(ConnectionRoom.of(environment)).isEqualTo(10);
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
