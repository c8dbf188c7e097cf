/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.stream.LongStream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Outputs of a network for the test data of a task. */
final class TestOutputs {
    private static final long BATCH = 256;

    /** Takes the outputs of a batch with the labels and the label mask of the same output. */
    @FunctionalInterface
    interface Consumer {
        void accept(INDArray output, INDArray labels, @Nullable INDArray mask);
    }

    private TestOutputs() {}

    static void forEachBatch(Model model, Task task, Consumer consumer) {
        TaskData data = task.test();
        for (long from = 0; from < data.examples(); from += BATCH) {
            long to = Math.min(from + BATCH, data.examples());
            MultiDataSet batch = data.batch(LongStream.range(from, to).toArray());
            INDArray labels = batch.getLabels(task.output());
            INDArray mask = batch.getLabelsMaskArrays() == null ? null : batch.getLabelsMaskArray(task.output());
            consumer.accept(output(model, batch, task), labels, mask);
        }
    }

    private static INDArray output(Model model, MultiDataSet batch, Task task) {
        INDArray[] masks = batch.getFeaturesMaskArrays();
        if (model instanceof MultiLayerNetwork network) {
            return network.output(batch.getFeatures(0), false, masks == null ? null : masks[0], null);
        }
        if (model instanceof ComputationGraph graph) {
            INDArray[] outputs = graph.output(false, batch.getFeatures(), masks);
            if (task.output() >= outputs.length) {
                throw new IllegalArgumentException(
                        "task '%s' is answered by output %d but the network has %d, counted from 0; give it a head for each task"
                                .formatted(task.name(), task.output(), outputs.length));
            }
            return outputs[task.output()];
        }
        throw new IllegalArgumentException("model must be a MultiLayerNetwork or a ComputationGraph but is a %s"
                .formatted(model.getClass().getName()));
    }

    /** Rows [examples, outputs], or one for each step of sequences. */
    static INDArray rows(INDArray array) {
        return array.rank() == 3
                ? array.permute(0, 2, 1).dup('c').reshape('c', array.size(0) * array.size(2), array.size(1))
                : array;
    }

    /** Whether row i counts; masks are [examples, 1] or [examples, steps]. */
    static boolean counts(@Nullable INDArray mask, long rows, long row) {
        return mask == null || mask.length() != rows || mask.getDouble(row) > 0;
    }
}
