/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/**
 * Data of N neurons at b times; NaN marks what is missing.
 *
 * @param values [N, b]
 * @param times b
 */
@SuppressWarnings("ArrayRecordComponent") // compared by no one
record Observations(double[][] values, int times) {

    int neurons() {
        return values.length;
    }

    Observations ofNeurons(int[] neurons) {
        double[][] part = new double[neurons.length][];
        for (int i = 0; i < neurons.length; i++) {
            part[i] = values[neurons[i]];
        }
        return new Observations(part, times);
    }

    Observations ofTimes(int[] indices) {
        double[][] part = new double[values.length][indices.length];
        for (int n = 0; n < values.length; n++) {
            for (int i = 0; i < indices.length; i++) {
                part[n][i] = values[n][indices[i]];
            }
        }
        return new Observations(part, indices.length);
    }
}
