/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.function.Function;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.ExampleGradients;
import io.github.dl4jcurvature.fisher.FisherEstimator;
import io.github.dl4jcurvature.fisher.LabelSampler;
import io.github.dl4jcurvature.fisher.ShadowNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A Deeplearning4j network as a pruning problem at one moment. */
final class NetworkPruningProblem implements PruningProblem {
    private final ShadowNetwork shadow;
    private final FisherEstimator fisher;
    private final NetworkLoss loss;
    private final PruningData.Split batches;
    private final Function<Long, CurvatureBatch> examples;
    private final InverseSource inverses;
    private final INDArray parameters; // [n]
    private final INDArray alive; // [n]
    private final INDArray prunable; // [n]

    /** Where approximate inverses come from. */
    interface InverseSource {
        InverseCurvature of(InverseCurvature.Recipe model, NetworkPruningProblem problem);
    }

    NetworkPruningProblem(
            ShadowNetwork shadow,
            FisherEstimator fisher,
            NetworkLoss loss,
            PruningData.Split batches,
            Function<Long, CurvatureBatch> examples,
            InverseSource inverses,
            INDArray alive,
            INDArray prunable) {
        this.shadow = shadow;
        this.fisher = fisher;
        this.loss = loss;
        this.batches = batches;
        this.examples = examples;
        this.inverses = inverses;
        this.parameters = shadow.parameters().dup();
        this.alive = alive.mul(shadow.trained());
        this.prunable = prunable.mul(this.alive);
    }

    @Override
    public INDArray parameters() {
        return parameters;
    }

    @Override
    public INDArray alive() {
        return alive;
    }

    @Override
    public INDArray prunable() {
        return prunable;
    }

    @Override
    public INDArray fisherProduct(INDArray v) {
        return fisher.product(batches.curvature(), v, LabelSampler.seeded(0));
    }

    @Override
    public INDArray gradient() {
        shadow.withLabels(batches.curvature());
        return shadow.gradient().div(batches.curvature().examples()).muli(shadow.trained());
    }

    @Override
    public double loss(INDArray candidate) {
        return loss.at(candidate, batches.trial());
    }

    @Override
    public ExampleGradients exampleGradients(int count) {
        return ExampleGradients.of(shadow, examples.apply((long) count));
    }

    @Override
    public InverseCurvature inverse(InverseCurvature.Recipe model) {
        return inverses.of(model, this);
    }
}
