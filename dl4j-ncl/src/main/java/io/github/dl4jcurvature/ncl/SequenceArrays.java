/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** A batch of sequences while it is filled, entry by entry; everything is zero at first. */
final class SequenceArrays {
    private static final int MOST_CHANNELS = Math.max(StimulusResponseTasks.INPUTS, StimulusResponseTasks.OUTPUTS);

    private final int examples;
    private final int steps;
    private final double[] inputs;
    private final double[] labels;
    private final double[] inputMask;
    private final double[] labelMask;

    SequenceArrays(int examples, int steps) {
        this.examples = examples;
        this.steps = steps;
        inputs = new double[examples * MOST_CHANNELS * steps];
        labels = new double[examples * MOST_CHANNELS * steps];
        inputMask = new double[examples * steps];
        labelMask = new double[examples * steps];
    }

    void input(int example, int channel, int step, double value) {
        inputs[(example * StimulusResponseTasks.INPUTS + channel) * steps + step] = value;
    }

    void label(int example, int channel, int step, double value) {
        labels[(example * StimulusResponseTasks.OUTPUTS + channel) * steps + step] = value;
    }

    void valid(int example, int step, boolean labelled) {
        inputMask[example * steps + step] = 1;
        labelMask[example * steps + step] = labelled ? 1 : 0;
    }

    MultiDataSet toDataSet(int inputChannels, int outputChannels, DataType type) {
        return new org.nd4j.linalg.dataset.MultiDataSet(
                new INDArray[] {array(inputs, type, examples, inputChannels, steps)},
                new INDArray[] {array(labels, type, examples, outputChannels, steps)},
                new INDArray[] {array(inputMask, type, examples, steps)},
                new INDArray[] {array(labelMask, type, examples, steps)});
    }

    private static INDArray array(double[] values, DataType type, long... shape) {
        long length = 1;
        for (long size : shape) {
            length *= size;
        }
        double[] used = java.util.Arrays.copyOf(values, Math.toIntExact(length));
        return Nd4j.createFromArray(used).castTo(type).reshape('c', shape);
    }
}
