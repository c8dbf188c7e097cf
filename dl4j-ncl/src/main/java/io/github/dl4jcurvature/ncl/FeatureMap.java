/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Moves the features of every example, the same way for each: entry i of the result is entry source[i], or zero for -1. */
final class FeatureMap {
    private final int[] source;

    FeatureMap(int[] source) {
        this.source = source.clone();
    }

    /** Rotation of an image about its centre, by nearest neighbours. */
    static FeatureMap rotation(double degrees, int height, int width) {
        double angle = Math.toRadians(degrees);
        double middleRow = (height - 1) / 2.0;
        double middleColumn = (width - 1) / 2.0;
        int[] source = new int[height * width];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double y = middleRow - row;
                double x = column - middleColumn;
                long fromColumn = Math.round(middleColumn + x * Math.cos(angle) + y * Math.sin(angle));
                long fromRow = Math.round(middleRow + x * Math.sin(angle) - y * Math.cos(angle));
                boolean inside = fromRow >= 0 && fromRow < height && fromColumn >= 0 && fromColumn < width;
                source[row * width + column] = inside ? (int) (fromRow * width + fromColumn) : -1;
            }
        }
        return new FeatureMap(source);
    }

    /** The moved features, fresh, in the shape and type of the given ones; several channels are moved one by one. */
    INDArray apply(INDArray features) {
        double[] from = features.dup('c').data().asDouble();
        if (from.length % source.length != 0) {
            throw new IllegalArgumentException(
                    "features of shape %s do not consist of images of %d pixels; check height and width"
                            .formatted(features.shapeInfoToString(), source.length));
        }
        double[] to = new double[from.length];
        for (int start = 0; start < from.length; start += source.length) {
            for (int i = 0; i < source.length; i++) {
                to[start + i] = source[i] < 0 ? 0 : from[start + source[i]];
            }
        }
        return Nd4j.createFromArray(to).castTo(features.dataType()).reshape('c', features.shape());
    }
}
