package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.motorpool.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignerTest {

    /** The example that the specification of Standard Webhooks is known by. */
    @Test
    void aKnownMessageHasItsKnownSignature() {
        Signer signer = Signer.of(List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        String signature =
                signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, RawJson.of("{\"test\": 2432232314}"));
        assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void thereIsASignatureForEachSecret() {
        byte[] older = new byte[24];
        byte[] newer = new byte[64];
        newer[0] = 1;
        Signer signer = Signer.of(List.of(Signer.secret(newer), Signer.secret(older)));
        assertThat(signer.sign("id", 7, RawJson.of("{}")))
                .isEqualTo(signature(newer, "id", 7, "{}") + " " + signature(older, "id", 7, "{}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "whsec_",
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
                "whsec_****9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "whsec_AAAA"
            })
    void whatIsNoSecretIsRefusedWithoutBeingTold(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Signer.of(List.of(text)))
                .withMessage("A secret is whsec_ and the base64 of 24 to 64 random bytes.");
    }

    static String signature(byte[] key, String id, long timestamp, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] signed = (id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8);
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
