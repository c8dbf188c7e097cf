/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Draws a square table of numbers as an image, dark where they are large; works without a display. */
final class HeatMap {
    private static final int CELL = 64;
    private static final int MARGIN = 140;
    private static final Color LOW = new Color(0xF7FBFF);
    private static final Color HIGH = new Color(0x08519C);

    private HeatMap() {}

    static void write(String title, List<String> names, double[][] values, File png) throws IOException {
        int size = names.size();
        BufferedImage image =
                new BufferedImage(MARGIN + size * CELL + 20, MARGIN + size * CELL + 20, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
            graphics.setColor(Color.BLACK);
            graphics.drawString(title + ": learned (rows), evaluated (columns)", 10, 20);
            draw(graphics, names, values);
        } finally {
            graphics.dispose();
        }
        if (!ImageIO.write(image, "png", png)) {
            throw new IOException("no writer for PNG is installed; " + png + " was not written");
        }
    }

    private static void draw(Graphics2D graphics, List<String> names, double[][] values) {
        double[] range = range(values);
        for (int i = 0; i < names.size(); i++) {
            graphics.setColor(Color.BLACK);
            graphics.drawString(shortened(names.get(i)), 10, MARGIN + i * CELL + CELL / 2 + 4);
            graphics.drawString(shortened(names.get(i)), MARGIN + i * CELL + 4, MARGIN - 10 - (i % 2) * 16);
            for (int j = 0; j < names.size(); j++) {
                double value = values[i][j];
                double share = range[1] > range[0] ? (value - range[0]) / (range[1] - range[0]) : 0;
                graphics.setColor(Double.isNaN(value) ? Color.LIGHT_GRAY : mixed(share));
                graphics.fillRect(MARGIN + j * CELL, MARGIN + i * CELL, CELL - 1, CELL - 1);
                if (!Double.isNaN(value)) {
                    graphics.setColor(share > 0.5 ? Color.WHITE : Color.BLACK);
                    String text = String.format(Locale.ROOT, "%.2f", value);
                    graphics.drawString(text, MARGIN + j * CELL + 16, MARGIN + i * CELL + CELL / 2 + 4);
                }
            }
        }
    }

    private static String shortened(String name) {
        return name.length() > 18 ? name.substring(0, 17) + "…" : name;
    }

    /** From the smallest to the largest number, and at least from 0 to 1. */
    private static double[] range(double[][] values) {
        double[] range = {0, 1};
        for (double[] row : values) {
            for (double value : row) {
                if (!Double.isNaN(value)) {
                    range[0] = Math.min(range[0], value);
                    range[1] = Math.max(range[1], value);
                }
            }
        }
        return range;
    }

    private static Color mixed(double share) {
        return new Color(
                between(LOW.getRed(), HIGH.getRed(), share),
                between(LOW.getGreen(), HIGH.getGreen(), share),
                between(LOW.getBlue(), HIGH.getBlue(), share));
    }

    private static int between(int from, int to, double share) {
        return (int) Math.round(from + (to - from) * Math.min(Math.max(share, 0), 1));
    }
}
