/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Independent Bernoulli outputs with probabilities sigmoid(z); a draw is 1 where a uniform number lies below them. */
record BernoulliOutput() implements OutputDistribution {
    @Override
    public INDArray mean(INDArray z) {
        return new ActivationSigmoid().getActivation(z.dup('c'), true);
    }

    @Override
    public INDArray mode(INDArray mean) {
        return mean.gte(0.5).castTo(mean.dataType());
    }

    /** Column k is \(\sqrt{p_k (1 - p_k)}\) in output k. */
    @Override
    public INDArray curvatureRoot(INDArray mean, long column) {
        INDArray root = Nd4j.zeros(mean.dataType(), mean.shape());
        INDArray p = mean.getColumn(column);
        root.getColumn(column).assign(Transforms.sqrt(p.rsub(1).muli(p)));
        return root;
    }

    @Override
    public double curvature(long outputs) {
        return 1;
    }

    @Override
    public INDArray sample(INDArray mean, LabelSampler sampler) {
        double[] p = mean.dup('c').data().asDouble();
        for (int i = 0; i < p.length; i++) {
            p[i] = sampler.nextUniform() < p[i] ? 1 : 0;
        }
        return Nd4j.createFromArray(p).castTo(mean.dataType()).reshape('c', mean.shape());
    }
}
