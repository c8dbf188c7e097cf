/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A SameDiff graph; its parameters are gathered from the arrays that training steps. */
final class GraphModel implements CurvatureModel {
    private final GraphSettings settings;
    private final SameDiff gradients;
    private final GraphLayout layout;
    private final GraphVector values;

    /**
     * A model.
     *
     * @param gradients the graph's gradient function, which holds the arrays that training steps
     * @param values where {@link #parameters} puts the values
     */
    GraphModel(GraphSettings settings, SameDiff gradients, GraphLayout layout, GraphVector values) {
        this.settings = settings;
        this.gradients = gradients;
        this.layout = layout;
        this.values = values;
    }

    @Override
    public INDArray parameters() {
        gather(values);
        return values.flat();
    }

    private GraphVector gather(GraphVector target) {
        target.gather(this::array);
        return target;
    }

    /** The array of a trained variable, live. */
    INDArray array(String variable) {
        return gradients.getVariable(variable).getArr();
    }

    @Override
    public FisherEstimator.Builder fisherEstimator() {
        return FisherEstimator.on(() -> {
            GraphTwin twin = twin();
            GraphVector own = new GraphVector(layout);
            return new GraphShadows(present(twin), new GraphPasses(settings, layout, twin, () -> own));
        });
    }

    @Override
    public FisherPasses fisherPasses() {
        return new FisherPasses(present(twin()));
    }

    private GraphPasses present(GraphTwin twin) {
        GraphVector gathered = new GraphVector(layout);
        return new GraphPasses(settings, layout, twin, () -> gather(gathered));
    }

    private GraphTwin twin() {
        return GraphTwin.of(settings.graph(), layout, settings.outputNames());
    }

    @Override
    public @Nullable ExampleGradients exampleGradients(CurvatureBatch batch) {
        return null;
    }

    @Override
    public boolean truncatesSequences() {
        return false;
    }

    /** Both kinds of passes work on one copy of the graph. */
    private record GraphShadows(OutputPasses shadow, OutputPasses perturbed) implements Shadows {}
}
