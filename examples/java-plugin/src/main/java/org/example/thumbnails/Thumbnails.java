package org.example.thumbnails;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.Function;
import dev.motorpool.function.Param;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Makes small pictures of large ones. */
public class Thumbnails {

    /** The format of a thumbnail. */
    public enum Format {
        PNG,
        JPEG
    }

    /** A picture; its bytes are base64 in JSON. */
    public record Picture(int width, int height, byte[] data) {}

    @Function(description = "Makes a picture fit into a square.", timeout = 30)
    public static Picture thumbnail(
            @Param(description = "A PNG, JPEG or GIF file.") byte[] picture,
            @Param(defaultValue = "128", minimum = "1", maximum = "1024") int size,
            @Param(defaultValue = "\"PNG\"") Format format,
            CallContext context)
            throws IOException {
        BufferedImage large = ImageIO.read(new ByteArrayInputStream(picture));
        if (large == null) {
            throw new IllegalArgumentException("The picture is in no known format.");
        }
        context.progress(1, 2, "read " + large.getWidth() + " x " + large.getHeight());
        double scale = Math.min(1.0, (double) size / Math.max(large.getWidth(), large.getHeight()));
        int width = Math.max(1, (int) Math.round(large.getWidth() * scale));
        int height = Math.max(1, (int) Math.round(large.getHeight() * scale));
        BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = small.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(large, 0, 0, width, height, null);
        graphics.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(small, format.name().toLowerCase(Locale.ROOT), out);
        System.out.println("made " + width + " x " + height);
        return new Picture(width, height, out.toByteArray());
    }
}
