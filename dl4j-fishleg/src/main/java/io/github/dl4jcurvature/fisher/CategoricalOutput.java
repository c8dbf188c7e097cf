/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** One class per row with probabilities softmax(z); a draw is one-hot, by inversion of the cumulative sum. */
record CategoricalOutput() implements OutputDistribution {
    @Override
    public INDArray mean(INDArray z) {
        return new ActivationSoftmax().getActivation(z.dup('c'), true);
    }

    @Override
    public INDArray mode(INDArray mean) {
        INDArray classes = mean.argMax(1);
        INDArray labels = Nd4j.zeros(mean.dataType(), mean.shape());
        for (long row = 0; row < mean.size(0); row++) {
            labels.putScalar(row, classes.getLong(row), 1);
        }
        return labels;
    }

    /** Column k is the error at class k times the root of its probability, \(\sqrt{p_k} (p - e_k)\). */
    @Override
    public INDArray curvatureRoot(INDArray mean, long column) {
        INDArray error = mean.dup('c');
        error.getColumn(column).subi(1);
        return error.muliColumnVector(Transforms.sqrt(mean.getColumn(column)).reshape(mean.size(0), 1));
    }

    @Override
    public double curvature(long outputs) {
        return 1;
    }

    @Override
    public INDArray sample(INDArray mean, LabelSampler sampler) {
        int classes = (int) mean.size(1);
        double[] p = mean.dup('c').data().asDouble();
        double[] y = new double[p.length];
        for (int row = 0; row < p.length; row += classes) {
            y[row + classAt(p, row, classes, sampler.nextUniform())] = 1;
        }
        return Nd4j.createFromArray(y).castTo(mean.dataType()).reshape('c', mean.shape());
    }

    /** The first class of a row whose cumulative probability exceeds u; the last one if rounding leaves none. */
    private static int classAt(double[] p, int row, int classes, double u) {
        double cumulative = 0;
        for (int k = 0; k < classes - 1; k++) {
            cumulative += p[row + k];
            if (u < cumulative) {
                return k;
            }
        }
        return classes - 1;
    }
}
