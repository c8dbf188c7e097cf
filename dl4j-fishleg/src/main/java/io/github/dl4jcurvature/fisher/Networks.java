/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.lang.ref.WeakReference;

import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;

/** The shadows of one model, rebuilt when the model gets a new parameter buffer; keeps the model itself weakly. */
final class Networks {
    private final WeakReference<Model> model;
    private ShadowNetwork shadow;
    private @Nullable ShadowNetwork perturbed;

    Networks(Model model) {
        this.model = new WeakReference<>(model);
        shadow = ShadowNetwork.of(model);
    }

    /** The shadow on the model's present parameters. */
    ShadowNetwork shadow() {
        Model present = model();
        if (!shadow.sharesParametersWith(present)) {
            shadow = ShadowNetwork.of(present);
            perturbed = null;
        }
        return shadow;
    }

    /** A shadow whose own parameters may be overwritten. */
    ShadowNetwork perturbed() {
        if (perturbed == null) {
            perturbed = ShadowNetwork.withOwnParameters(model());
        }
        return perturbed;
    }

    private Model model() {
        Model present = model.get();
        if (present == null) {
            throw new IllegalStateException("the model has been garbage-collected; keep a reference to it");
        }
        return present;
    }
}
