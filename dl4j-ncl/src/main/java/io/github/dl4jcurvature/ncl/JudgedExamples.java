/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Share of sequences that a judge finds correct. */
record JudgedExamples(String name, ExampleJudge judge) implements TaskMetric {
    @Override
    public double of(Model model, Task task) {
        long[] counts = new long[2]; // correct, all
        TestOutputs.forEachBatch(model, task, (output, labels, mask) -> {
            for (long n = 0; n < output.size(0); n++) {
                INDArray given = example(output, n);
                counts[0] += judge.isCorrect(given, example(labels, n), lastStep(mask, n, given.size(1))) ? 1 : 0;
                counts[1]++;
            }
        });
        return counts[0] / (double) counts[1];
    }

    private static INDArray example(INDArray sequences, long n) {
        return sequences
                .get(NDArrayIndex.interval(n, n + 1), NDArrayIndex.all(), NDArrayIndex.all())
                .dup('c')
                .reshape('c', sequences.size(1), sequences.size(2)); // the host drops dimensions of one
    }

    private static int lastStep(@Nullable INDArray mask, long n, long steps) {
        for (long t = steps - 1; mask != null && t >= 0; t--) {
            if (mask.getDouble(n, t) > 0) {
                return (int) t;
            }
        }
        return (int) steps - 1;
    }
}
